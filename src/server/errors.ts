/** A server can't be composed as it was asked for: one line for the person who started it, and what to do about it. */
export class ServeError extends Error {
  readonly code: string = 'SERVE';
  readonly hint: string | undefined;
  constructor(message: string, { hint, cause }: ErrorOptions & { hint?: string } = {}) {
    super(message, { cause });
    this.name = 'ServeError';
    this.hint = hint;
  }
}

/** The storage that was asked for does not answer at the start. */
export class StorageUnreachableError extends ServeError {
  override readonly code = 'STORE_UNAVAILABLE';
}

/** The worker processes have ended and said why; `exitCode` is that of the one which decided it. */
export class WorkersEndedError extends Error {
  readonly code = 'WORKERS_ENDED';
  constructor(readonly exitCode: number) {
    super(`the workers have ended with exit code ${exitCode}`);
    this.name = 'WorkersEndedError';
  }
}
