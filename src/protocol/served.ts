import type { CallRequest, Caller } from '../catalog/context.js';
import type { Logger } from '../log.js';
import type { RequestId, RpcMessage, RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import type { SessionRecord, Storage } from '../sessions/contract.js';
import type { Era } from '../rpc/era.js';
import type { Answer } from './answer.js';
import type { Envelope } from './modern/envelope.js';
import type { Headers } from './modern/headers.js';
import type { OpenRequest } from './open-requests.js';

/** What the token of one message says: over a connection, it may not be the one that opened it. */
export type MessageToken = Pick<Caller, 'scopes'> & Partial<Pick<Caller, 'claims'>>;

/** The facts of what is served: of one exchange over HTTP, or of one connection over stdio or SSE. */
export interface Facts {
  /** The session as last loaded: what a call knows of its client. Absent when stateless, and on an exchange that opens one. */
  record?: SessionRecord;
  /** Absent when stateless. */
  readonly storage?: Storage;
  readonly transport: CallRequest['transport'];
  /** The id under which this exchange or connection is logged. */
  readonly requestId: string;
  /** The caller's HTTP headers, lower-case, secrets redacted; computed only where a handler looks. */
  headers(): Readonly<Record<string, string>>;
  readonly caller?: Caller;
  /** The session that this exchange opens, over HTTP. */
  readonly opens?: string;
  /** Sends to the session of this exchange what is about none of its requests, now and later; absent when stateless, and on a connection. */
  readonly tellSession?: (message: string) => Promise<unknown>;
  /** What a request of the modern era says of its client; absent in the legacy era. */
  readonly envelope?: Envelope;
  /** The version of this exchange. */
  protocolVersion: string;
  readonly logger: Logger;
  /** The caller as the owner of what it makes, whatever token it came with; absent where nobody signed in. */
  readonly owner?: string;
  /** When the caller's token expires, ms since the epoch; absent where it does not. */
  readonly validUntil?: number;
  /** Headers and token as they came, for an author's own SDK server; absent on stdio. */
  readonly received?: { readonly headers: NodeJS.Dict<string | string[]>; readonly auth?: object };
}

/** Where what a server says goes. Every transport makes its own. */
export interface Sink {
  /** Stands in the ids of the server's own requests, because the client may answer at any node; absent on a connection. */
  readonly exchangeId?: string;
  /**
   * Sends a notification before the answer of the request that it is about; without one, it is the session's. Resolves when it is
   * written, so that a slow reader slows its handler.
   */
  notify(notification: RpcNotification, about?: RequestId): Promise<void>;
  /** Sends a request to the client, whose answer comes to {@link Peer.deliver}. Rejects where the client can't be asked. */
  ask(request: RpcRequest, about?: RequestId): Promise<void>;
  /** Answers a request, once; an answer that nobody waits for is dropped. */
  answer(answer: Answer): Promise<void>;
  /** Closes the connection of a resumable stream early (SEP-1699); no effect elsewhere. */
  closeStream(): void;
}

/** The server's side of one exchange or one connection. */
export interface Peer {
  /**
   * Serves a request and answers it through the sink; `token` is the one of this very message. Never throws. A promise that it returns
   * resolves when the handler has ended, or waits for its client only; it never rejects.
   */
  serve(open: OpenRequest, token?: MessageToken): Promise<void> | void;
  /** Takes what gets no answer: a notification, or the client's answer to one of the server's requests. */
  deliver(message: RpcNotification | RpcResponse): void;
  /** Ends what would go on until somebody ends it, with a result. */
  drain?(): void;
  /** Nobody is left to hear or to answer. */
  close(): void;
}

/** Where each session has something live, on one node. */
export interface LiveParts {
  /** The id of a session that is being opened on this node, and names it. Throws a LiveLimitError where there is no room for it. */
  newId(): string;
  /** Whether what is live of a session may still be there: without it, the session is none any more. */
  has(sessionId: string): Promise<boolean>;
  /** Takes what a client says of none of its requests; false where nothing is there to take it. */
  notify(sessionId: string, notification: RpcNotification): Promise<boolean>;
}

/** What changes as a whole, and is told of so: `notifications/tools/list_changed`. */
export type ListKind = (typeof LISTS)[number];
export const LISTS = ['tools', 'prompts', 'resources'] as const;

/** Which lists a server's capabilities name. */
export function listsIn(capabilities: object): ListKind[] {
  return LISTS.filter((list) => list in capabilities);
}

/** What is served, whatever it is made from: a compiled catalog, the function of a `--server` module, or a command. */
export interface Served {
  /** Loads what is needed for all but a greeting, and has to be awaited before it; absent where it is there. */
  load?(): Promise<void>;
  /** The scopes that a message needs in the caller's token; none for most. */
  requiredScopes(message: RpcMessage): readonly string[];
  /** Which generations of the protocol are served. */
  readonly eras: readonly Era[];
  /**
   * Reads what a request of the modern era says of its client; `headers` are those of its HTTP request, absent on a pipe. Throws
   * {@link RpcError} for a request that is refused before it is served.
   */
  admit(request: RpcRequest, headers?: Headers): Envelope;
  /** Absent where nothing live belongs to a session, so that any node can serve it. */
  readonly live?: LiveParts;
  /** The lists that it has said it offers; absent where that is not known. */
  readonly lists?: readonly ListKind[];
  /** Whether the lists that it offers may change for all sessions at once, which hear of it by the ChangeFeed. */
  readonly changesLists?: boolean;
  /** Serves an exchange or a connection of the legacy era, or one request of the modern era where the facts have its envelope. */
  open(facts: Facts, sink: Sink): Peer | Promise<Peer>;
}
