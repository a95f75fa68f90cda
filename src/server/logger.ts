import type { LogConfig } from '../config/index.js';
import { createLogger } from '../log.js';
import type { Logger } from '../log.js';

/** The logger of a serving command: pretty on a terminal unless told otherwise. */
export function loggerOf({ level, format }: LogConfig): Promise<Logger> {
  return createLogger({ level, pretty: format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true) });
}
