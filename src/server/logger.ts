import type { LogConfig } from '../config/index.js';
import type { Logger } from '../log.js';

/** The logger of a serving command: pretty on a terminal unless told otherwise. */
export async function loggerOf({ level, format }: LogConfig): Promise<Logger> {
  const { createLogger } = await import('../log.js');
  return createLogger({ level, pretty: format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true) });
}
