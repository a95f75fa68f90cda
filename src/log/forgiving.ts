import type { Logger, LogLabel, LogMethod } from '../log.js';

/** A logger of somebody else's: what it throws itself ends nothing that it was told of. */
export function forgiving(logger: Logger): Logger {
  const method =
    (level: LogLabel): LogMethod =>
    (...given) => {
      try {
        logger[level](...given);
      } catch {
        // There is nowhere to say so.
      }
    };
  return {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (bindings) => forgiving(logger.child(bindings)),
    isLevelEnabled: (level) => isEnabled(logger, level),
  };
}

function isEnabled(logger: Logger, level: LogLabel): boolean {
  try {
    return logger.isLevelEnabled?.(level) !== false;
  } catch {
    return true;
  }
}
