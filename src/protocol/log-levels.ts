import type { LogLevel } from '../catalog/context.js';

/** RFC 5424 severities, least severe first (schema.ts, `LoggingLevel`). */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const satisfies LogLevel[];

/** Whether a message of this level is to be sent where `least` is asked for. */
export function passes(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}
