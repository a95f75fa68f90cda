/** A JSON-RPC message, as far as the page looks at it. */
export interface Message {
  readonly jsonrpc?: '2.0';
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: RpcFailure;
}

export type Params = Record<string, unknown>;

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** An error answer, or an HTTP answer that is none. */
export class CallError extends Error {
  readonly code = 'CALL';
  constructor(
    readonly failure: RpcFailure,
    readonly status?: number,
  ) {
    super(failure.message);
    this.name = 'CallError';
  }
}

/** What a client says on the wire and hears there, as this page sees it. */
export interface Traced {
  readonly at: number;
  readonly direction: 'out' | 'in' | 'note';
  /** `POST /mcp`, `200`, `event 3`, or what has happened. */
  readonly title: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** Something that the server asks while it answers. */
export interface Question {
  readonly method: string;
  readonly params: Params;
}

/** The result that the page gives to a question, or the error that refuses it. */
export type Reply = { readonly result: Params } | { readonly error: RpcFailure };

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Aborted by a person who wants to see a stream resumed. */
  readonly cut?: Cut;
  trace(entry: Traced): void;
  progress?(progress: Progress): void;
  log?(params: Params): void;
  ask?(question: Question): Promise<Reply>;
}

/** A connection that can be cut, again and again. */
export class Cut {
  private controller = new AbortController();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  now(): void {
    const old = this.controller;
    this.controller = new AbortController();
    old.abort();
  }
}

export type Era = 'legacy' | 'modern';

export interface Client {
  readonly era: Era;
  /** What the server has said of itself, once connected. */
  readonly greeting: Params;
  /** For the head of the page: a session, or that there is none. */
  readonly label: string;
  /** Whether a call has a connection of its own, which can be cut off. */
  readonly canCut: boolean;
  request(method: string, params: Params, options: CallOptions): Promise<Params>;
  close(): void;
}

/** What the page can do for a server. */
export const CAPABILITIES = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
export const CLIENT_INFO = { name: 'mcp-calc console', version: '1' };

/** Bytes of an answer that the page reads. */
const ANSWER_CHARACTERS = 20_000_000;

/** An answer that is not a stream, as a message; throws a CallError for what is none, such as a refusal of the authorization's. */
export async function readAnswer(response: Response): Promise<Message> {
  const text = (await response.text()).slice(0, ANSWER_CHARACTERS);
  const refused = (message: string) => new CallError({ code: response.status, message }, response.status);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw refused(text.slice(0, 300) || response.statusText);
  }
  const { error, error_description: why } = body as { error?: unknown; error_description?: unknown };
  if (typeof error === 'string') throw refused(typeof why === 'string' ? why : error);
  return body as Message;
}

/** The result of an answer; throws its error. */
export function resultOf({ result, error }: Message, status?: number): Params {
  if (error) throw new CallError(error, status);
  return result ?? {};
}
