import { stackOf } from '../log.js';
import type { Logger } from '../log.js';

/** Of errors that nobody catches, how many are logged: a timer may throw for as long as the rest takes to end. */
const TOLD = 10;

/** Errors that were caught, whatever is said of them elsewhere. */
const caught = new WeakSet<object>();

/**
 * Has an error be no end of the process that was caught and told of: where CommonJS throws within an ES module, Node 20 rejects a
 * second promise with the same error, which nobody can have.
 */
export function noteCaught(error: unknown): void {
  if (typeof error === 'object' && error !== null) caught.add(error);
}

/** What nobody catches while this process serves. */
export interface Uncaught {
  /** Resolves at the first. */
  readonly first: Promise<void>;
  readonly happened: boolean;
}

/** Logs from now on what nobody catches, a line each with its stack: whoever serves ends in order, and then says that it failed. */
export function watchUncaught(logger: Logger): Uncaught {
  let count = 0;
  const first = new Promise<void>((resolve) => {
    process.on('uncaughtException', (error: unknown, origin) => {
      if (typeof error === 'object' && error !== null && caught.has(error)) return;
      count += 1;
      if (count <= TOLD)
        logger.error({ origin, err: error, stack: stackOf(error) }, 'an error that nobody caught: stopping');
      resolve();
    });
  });
  return {
    first,
    get happened() {
      return count > 0;
    },
  };
}
