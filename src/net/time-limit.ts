/** Nothing came within the time that was given. */
export class DeadlineError extends Error {
  readonly code = 'DEADLINE';
  constructor(message: string) {
    super(message);
    this.name = 'DeadlineError';
  }
}

/**
 * The promise's outcome, or after `ms` what `late` returns or throws; what the promise settles to later is dropped. Rejects with the
 * signal's reason when that is aborted first. No timer and no listener is left behind.
 */
export function within<T, R>(promise: Promise<T>, ms: number, late: () => R, signal?: AbortSignal): Promise<T | R> {
  return new Promise((resolve, reject) => {
    let immediate: NodeJS.Immediate | undefined;
    // Timers run before sockets are read: after a stall of this process the outcome may be waiting there already.
    const timer = setTimeout(() => {
      if (typeof setImmediate === 'undefined') settle(giveUp);
      else immediate = setImmediate(settle, giveUp);
    }, ms);
    const onAbort = () => settle(() => reject(signal?.reason as Error));
    function settle(act: () => void): void {
      clearTimeout(timer);
      if (immediate !== undefined) clearImmediate(immediate);
      signal?.removeEventListener('abort', onAbort);
      act();
    }
    function giveUp(): void {
      try {
        resolve(late());
      } catch (error) {
        reject(error as Error);
      }
    }
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error as Error)),
    );
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });
}

/** The promise's outcome, or a {@link DeadlineError} after `ms`. */
export function withDeadline<T>(
  promise: Promise<T>,
  ms: number,
  message = `No reply within ${ms} ms`,
  signal?: AbortSignal,
): Promise<T> {
  const late = (): never => {
    throw new DeadlineError(message);
  };
  return within(promise, ms, late, signal);
}
