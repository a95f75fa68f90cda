import type { LogConfig } from '../config/index.js';
import type { Logger } from '../log.js';

/** The logger of a serving command: pretty on a terminal unless told otherwise. */
export async function loggerOf({ level, format }: LogConfig): Promise<Logger> {
  const { createLogger } = await import('../log.js');
  return createLogger({ level, pretty: format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true) });
}

/** Lines that may wait for the logger to be loaded. */
const WAITING_LIMIT = 100;

const severity = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const;

export interface LazyLogger extends Logger {
  /** Resolves when every line so far has been handed over. */
  settled(): Promise<void>;
}

/** A logger that is loaded with its first line: a stdio server seldom writes one, and should not start later for it. */
export function lazyLogger(config: LogConfig): LazyLogger {
  let loaded: Logger | undefined;
  let loading: Promise<void> | undefined;
  const waiting: ((logger: Logger) => void)[] = [];

  function later(write: (logger: Logger) => void): void {
    if (loaded) return write(loaded);
    if (waiting.length < WAITING_LIMIT) waiting.push(write);
    loading ??= loggerOf(config).then((logger) => {
      loaded = logger;
      for (const held of waiting.splice(0)) held(logger);
    });
  }

  const bound = (bindings: Record<string, unknown>[]): Logger => {
    const log = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: unknown, text?: unknown) => {
      if (severity[level] < severity[config.level]) return;
      later((logger) =>
        bindings.reduce<Logger>((parent, own) => parent.child(own), logger)[level](fields, text as string),
      );
    };
    return {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      child: (own: Record<string, unknown>) => bound([...bindings, own]),
    } as Logger;
  };
  return { ...bound([]), settled: async () => loading };
}
