/** What kept the client from an answer; the command line turns each into an exit code. */
export type FailureReason =
  /** Nobody there, no answer in time, or something that doesn't speak MCP. */
  | 'unreachable'
  /** The server wants a token, or refuses the one it got. */
  | 'authentication'
  /** The server answered with an error. */
  | 'answer'
  /** The request was wrong before it was sent. */
  | 'usage'
  /** The person, or the program that uses the client, gave up waiting. */
  | 'cancelled';

/** A failure in one line, and what to do about it. */
export class ClientError extends Error {
  readonly code = 'CLIENT';
  readonly hint: string | undefined;
  constructor(
    readonly reason: FailureReason,
    message: string,
    options: ErrorOptions & { hint?: string | undefined } = {},
  ) {
    super(message, options);
    this.name = 'ClientError';
    this.hint = options.hint;
  }
}

/** A JSON-RPC error that the server answered with. */
export class ErrorAnswer extends ClientError {
  constructor(
    readonly rpcCode: number,
    message: string,
    readonly data: unknown,
    options: ErrorOptions & { hint?: string } = {},
  ) {
    super('answer', message, options);
    this.name = 'ErrorAnswer';
  }
}
