import type { Target } from './target.js';

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

/** The HTTP status that the server refused with, where the SDK's error has one: its class differs from transport to transport. */
export function httpStatusOf(error: unknown): number | undefined {
  const { name, status, code } = error as { name?: string; status?: unknown; code?: unknown };
  const found = status ?? (name === 'ProtocolError' ? undefined : code);
  return typeof found === 'number' ? found : undefined;
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

/** What is known beside the error. */
export interface Circumstances {
  readonly target: Target;
  /** The era that was asked for. */
  readonly era?: 'auto' | 'legacy' | 'modern';
  /** Whether they have not shaken hands yet. */
  readonly connecting?: boolean;
  /** Why the server refused a token, in its own words. */
  readonly refusal?: string;
  /** The last that a stdio server wrote to stderr. */
  readonly stderr?: string;
  /** What the server wrote to stdout that is no JSON-RPC. */
  readonly stray?: string;
}

/** The code with which a client says that the person behind it refused (specification, "Sampling", "Error Handling"). */
export const REJECTED_BY_USER = -1;
