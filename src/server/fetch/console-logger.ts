import type { Logger, LogMethod } from '../../log.js';
import { manyLines } from '../../text/harmless.js';
import { redactText } from '../../text/secrets.js';

const nothing = () => undefined;

/** What has gone wrong, on the console, where every platform of handlers looks for it; without secrets. */
export const consoleLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: line('warn'),
  error: line('error'),
  child: () => consoleLogger,
};

function line(level: 'warn' | 'error'): LogMethod {
  return (first, ...rest) => {
    const { err, requestId, method, tool } = (typeof first === 'string' ? {} : first) as Record<string, unknown>;
    const said = typeof first === 'string' ? first : String(rest[0] ?? '');
    const fault = err instanceof Error ? `${err.name}: ${err.message}` : undefined;
    const fields = Object.fromEntries(
      Object.entries({ message: said, requestId, method, tool, fault })
        .filter(([, value]) => typeof value === 'string')
        .map(([name, value]) => [name, redactText(manyLines(String(value)))]),
    );
    globalThis.console[level](JSON.stringify({ level, ...fields }));
  };
}
