/** No reply within the time that was given. */
export class DeadlineError extends Error {
  readonly code = 'DEADLINE';
  constructor(ms: number) {
    super(`No reply within ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/** The promise's outcome, or a {@link DeadlineError} after `ms`; what it settles to later is dropped. */
export function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    // Timers run before sockets are read: after a stall of this process the reply may be waiting there already.
    const timer = setTimeout(() => setImmediate(() => reject(new DeadlineError(ms))), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
