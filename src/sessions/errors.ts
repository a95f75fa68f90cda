/** The storage did not answer. It says nothing about whether the session exists: the transports answer 503, never 404. */
export class StoreUnavailableError extends Error {
  readonly code = 'STORE_UNAVAILABLE';
  constructor(cause?: unknown) {
    super('Session store unavailable', { cause });
    this.name = 'StoreUnavailableError';
  }
}

/** `--max-sessions` sessions are open already. */
export class SessionLimitError extends Error {
  readonly code = 'SESSION_LIMIT';
  constructor(readonly limit: number) {
    super(`The limit of ${limit} open sessions is reached: end one with DELETE, or try again later`);
    this.name = 'SessionLimitError';
  }
}

/** An event id that names no event of this session: made up, foreign, expired, or dropped from a full log. */
export class UnknownEventError extends Error {
  readonly code = 'UNKNOWN_EVENT';
  constructor(readonly eventId: string) {
    super('Unknown event id: it is not an event of this session, or no longer kept');
    this.name = 'UnknownEventError';
  }
}

/** `create` with an id that is in use, or that can't be one. */
export class SessionIdError extends Error {
  readonly code = 'SESSION_ID';
  constructor(reason: 'in use' | 'malformed') {
    super(`The session id is ${reason}`);
    this.name = 'SessionIdError';
  }
}

/** The session subscribes to as many resources as one may, by their number or by the bytes of their URIs. */
export class SubscriptionLimitError extends Error {
  readonly code = 'SUBSCRIPTION_LIMIT';
  constructor(limit: number, bytes: number) {
    super(
      `A session may subscribe to at most ${limit} resources, whose URIs have at most ${bytes} bytes: unsubscribe from one first`,
    );
    this.name = 'SubscriptionLimitError';
  }
}

/** What a session is to keep is longer than it may be: its `initialize` params, or one calculation. */
export class TooLongError extends Error {
  readonly code = 'TOO_LONG';
  constructor(what: string, limit: number) {
    super(`${what} may have at most ${limit} bytes as JSON`);
    this.name = 'TooLongError';
  }
}

/** The owner has as many tasks as one may. */
export class TaskLimitError extends Error {
  readonly code = 'TASK_LIMIT';
  constructor(readonly limit: number) {
    super(`There are ${limit} tasks already: wait until some of them expire`);
    this.name = 'TaskLimitError';
  }
}
