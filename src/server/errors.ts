import { redactText } from '../text/secrets.js';

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

/** Something was thrown that nobody caught. The log has said so, and what was in flight has ended. */
export class CrashedError extends Error {
  readonly code = 'CRASHED';
  readonly exitCode = 1;
  constructor() {
    super('an error that nobody caught has ended the server');
    this.name = 'CrashedError';
  }
}

/** A stdio server was told to stop, and has; but its host does not read what it wrote last. */
export class UnreadError extends Error {
  readonly code = 'UNREAD';
  readonly exitCode = 0;
  constructor() {
    super('nobody reads the output of the server');
    this.name = 'UnreadError';
  }
}

/** The worker processes have ended and said why; `exitCode` is that of the one which decided it. */
export class WorkersEndedError extends Error {
  readonly code = 'WORKERS_ENDED';
  constructor(readonly exitCode: number) {
    super(`the workers have ended with exit code ${exitCode}`);
    this.name = 'WorkersEndedError';
  }
}

/** What an author's code has thrown, on one line and without secrets. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return redactText(message.split('\n', 1)[0] ?? '');
}
