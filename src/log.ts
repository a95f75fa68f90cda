import type { Logger as PinoLogger } from 'pino';

/** What every part of the program logs through; passed in, never imported as a singleton. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'> & { child(bindings: Record<string, unknown>): Logger };

export type LogThreshold = 'debug' | 'info' | 'warn' | 'error' | 'silent';
