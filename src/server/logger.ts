import type { LogConfig } from '../config/index.js';
import { createLogger } from '../log.js';
import type { Logger } from '../log.js';

/** The logger of a serving command: pretty on a terminal unless told otherwise. */
export function loggerOf(config: LogConfig): Promise<Logger> {
  const { level, colours = process.stderr.isTTY === true } = config;
  return createLogger({ level, pretty: isForPeople(config), colours });
}

/** Whether a person reads the log, and not a program. */
export function isForPeople({ format }: Pick<LogConfig, 'format'>): boolean {
  return format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true);
}

const shared = new Map<string, Promise<Logger>>();

/** The same logger for all in this process who want it so: each has stderr and the exit of the process watched, for good. */
export function sharedLogger(config: LogConfig): Promise<Logger> {
  const key = `${config.level} ${config.format}`;
  const logger = shared.get(key) ?? loggerOf(config);
  shared.set(key, logger);
  return logger;
}
