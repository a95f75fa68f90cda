import type { IncomingHttpHeaders } from 'node:http';
import type { AuthenticatedCaller } from '../auth/ownership.js';
import { callerOf, missingScopes, ownerOf } from '../auth/ownership.js';
import { ClientGoneError, HttpError, sendError } from '../http/errors.js';
import type { Incoming, Outgoing } from '../http/message.js';
import type { RequestAuth } from '../http/request.js';
import { shortSession } from '../text/secrets.js';
import type { Logger } from '../log.js';
import type { Served } from '../protocol/served.js';
import type { RequestId, RpcMessage } from '../rpc/messages.js';
import { idOf, parseJson, readMessages, shallow } from '../rpc/messages.js';
import { isSupported } from '../rpc/versions.js';
import { asRefusal, unsupportedVersion } from './refusals.js';
import { messageFields, tracedBy } from './request-fields.js';
import type { Turns } from './turns.js';

/** An HTTP request, read once: what everything below needs to know of it. */
export interface Received {
  /** The id under which it is logged. */
  readonly requestId: string;
  readonly headers: IncomingHttpHeaders;
  readonly auth?: RequestAuth;
  /** Who calls, as handlers see it, and as the owner of sessions; absent where nobody signed in. */
  readonly caller?: AuthenticatedCaller;
  readonly owner?: string;
  readonly sessionId?: string;
  /** The id of its JSON-RPC request once that could be read: an error answer repeats it. */
  id: RequestId | null;
  /** Adds fields to the request's line in the log. The object is kept, and written to: nobody else may have it. */
  note(fields: Record<string, unknown>): void;
}

/** The messages of a POST. */
export interface Posted {
  /** The parsed JSON that they were read from. */
  readonly body: unknown;
  readonly messages: readonly RpcMessage[];
  readonly batch: boolean;
}

interface ScopeGuard {
  refuseScopes(req: Incoming, res: Outgoing, scopes: readonly string[]): void;
}
/** Answers 403 `insufficient_scope` and names the scopes that are missing. (A method's type, so that it may know Node's requests alone.) */
export type RefuseScopes = ScopeGuard['refuseScopes'];

/** How the body of a request is had: Node's is read in one way, that of a fetch handler in another. */
export interface Bodies {
  /** What somebody else has made of it before it came here; undefined where it is still to be read. */
  parsed(req: Incoming): unknown;
  /** The text of it, of at most so many bytes. Rejects with an HttpError: 413, 415, and 400 / -32700 where it is not UTF-8. */
  read(req: Incoming, limit: number): Promise<string>;
}

/** What is read with: the bound of a body, what is served, and who refuses for a missing scope. */
export interface ReadOptions {
  readonly served: Served;
  readonly logger: Logger;
  /** Bytes of a request body. */
  readonly bodyLimit: number;
  readonly bodies: Bodies;
  /** Of all transports of the process. */
  readonly turns: Pick<Turns, 'take' | 'next'>;
  /** Absent where nobody has to sign in. */
  readonly refuseScopes?: RefuseScopes;
}

/** The caller's token lacks scopes that one of the messages needs. */
class ScopesMissingError extends Error {
  readonly code = 'SCOPES_MISSING';
  constructor(readonly scopes: readonly string[]) {
    super('The token lacks a scope that this needs');
    this.name = 'ScopesMissingError';
  }
}

/** Serves one HTTP request, of the caller that its last argument holds; what is thrown on the way becomes its answer. Never rejects. */
export async function answering(
  req: Incoming,
  res: Outgoing,
  { logger, refuseScopes }: Pick<ReadOptions, 'logger' | 'refuseScopes'>,
  serve: (received: Received) => Promise<void>,
  { auth }: Pick<Incoming, 'auth'> = req,
): Promise<void> {
  let received: Received | undefined;
  try {
    received = readHead(req, auth);
    await serve(received);
  } catch (error) {
    if (error instanceof ScopesMissingError) refuseScopes?.(req, res, error.scopes);
    else sendError(res, asRefusal(error), { logger, id: received?.id ?? null });
  }
}

function readHead(req: Incoming, auth: RequestAuth | undefined): Received {
  const { requestId, headers } = req;
  const given = headers['mcp-session-id'];
  const sessionId = typeof given === 'string' && given !== '' ? given : undefined;
  // The first fields are kept as they are: to copy one object into another is a few percent of a small call.
  const note = (fields: Record<string, unknown>) => {
    const noted = (req.logFields ??= fields);
    if (noted !== fields) for (const name of Object.keys(fields)) noted[name] = fields[name];
  };
  // Whether or not there is one: who looks for why a client met a 404 finds the end of its session by the same id.
  if (sessionId !== undefined) note({ session: shortSession(sessionId) });
  return {
    requestId,
    headers,
    auth,
    caller: callerOf(auth),
    owner: ownerOf(auth),
    sessionId,
    id: null,
    note,
  };
}

/**
 * Reads the messages of a POST, when it is its turn. Throws 415 and 413 as an HttpError, -32700 and -32600 as an RpcError,
 * and what makes {@link answering} answer 403. A batch counts as many requests as it has messages: over the rate limit, all
 * of it is refused.
 */
export async function readPosted(received: Received, req: Incoming, options: ReadOptions): Promise<Posted> {
  const type = received.headers['content-type'] ?? '';
  if (type !== 'application/json' && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpError(415, 'Unsupported Media Type: Content-Type must be application/json', {
      reason: 'content_type',
    });
  }
  const given = options.bodies.parsed(req);
  const text = given === undefined ? await options.bodies.read(req, options.bodyLimit) : textOf(given);
  const turn = options.turns.take();
  if (turn) {
    await turn;
    if (req.socket.destroyed) throw new ClientGoneError();
  }
  const body = text === undefined ? shallow(given) : parseJson(text);
  received.id = idOf(body);
  const { messages, batch } = readMessages(body);
  if (messages.length > 1) await req.countMore?.(messages.length - 1);
  requireScopes(received, messages, options);
  return { body, messages, batch };
}

/** The text that a framework has read as it is; undefined where it has parsed it. */
function textOf(body: unknown): string | undefined {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' ? body : undefined;
}

function requireScopes(
  { auth }: Received,
  messages: readonly RpcMessage[],
  { served, refuseScopes }: ReadOptions,
): void {
  if (!refuseScopes) return;
  const lacking = missingScopes(
    auth,
    messages.flatMap((message) => served.requiredScopes(message)),
  );
  if (lacking.length > 0) throw new ScopesMissingError(lacking);
}

/** The `MCP-Protocol-Version` of a request, undefined where it names none. Throws a 400 HttpError for one not spoken here. */
export function versionOf({ headers }: Received): string | undefined {
  const version = headers['mcp-protocol-version'];
  if (version === undefined) return undefined;
  if (typeof version !== 'string' || !isSupported(version)) throw unsupportedVersion(String(version));
  return version;
}

/** What the log says of a POST, by its first message. */
export function postFields({ headers }: Received, [first]: readonly RpcMessage[]): Record<string, unknown> {
  const fields = first ? messageFields(first) : {};
  const { traceparent } = tracedBy(headers, first);
  if (traceparent !== undefined) fields.traceparent = traceparent;
  return fields;
}
