import type { Incoming, Outgoing } from '../../http/message.js';
import type { Introduction } from '../../protocol/initialize.js';
import { readInitialize } from '../../protocol/initialize.js';
import type { LiveParts } from '../../protocol/served.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import { isRequest, isResponse } from '../../rpc/messages.js';
import type { RpcMessage } from '../../rpc/messages.js';
import { eraOf } from '../../rpc/era.js';
import { allowsBatches, assumedVersion } from '../../rpc/versions.js';
import type { SessionRecord } from '../../sessions/contract.js';
import { shortSession } from '../../text/secrets.js';
import type { Received } from '../read-request.js';
import { postFields, readPosted, versionOf } from '../read-request.js';
import { drainingNode, unknownSession } from '../refusals.js';
import { acceptOfPost } from './accept.js';
import type { Endpoint } from './endpoint.js';
import { sessionOf } from './endpoint.js';
import { answerModern, modernOnly } from './modern-post.js';
import type { Routing } from './routing.js';
import { runExchange } from './run-exchange.js';

/** Serves one POST: reads it in the order of the table of bad input, then runs its exchange. */
export async function answerPost(endpoint: Endpoint, received: Received, req: Incoming, res: Outgoing): Promise<void> {
  const { strict, storage, routing, served } = endpoint;
  const accept = acceptOfPost(received.headers.accept, strict);
  const { messages, batch } = await readPosted(received, req, endpoint);
  if (endpoint.isClosed()) throw drainingNode();
  const header = received.headers['mcp-protocol-version'];
  const said = typeof header === 'string' ? header : undefined;
  const era = messages.some((message) => eraOf(message, said) === 'modern') ? 'modern' : 'legacy';
  const fields = postFields(received, messages);
  fields.era = era;
  received.note(fields);
  if (era === 'modern') {
    return answerModern(endpoint, received, res, { messages, batch, accept });
  }
  if (!served.eras.includes('legacy')) throw modernOnly(said);
  // Whatever a stale header says, a client may begin anew.
  const version = messages.some(isInitialize) ? undefined : versionOf(received);
  if (batch && !allowsBatches(version ?? assumedVersion)) {
    throw new RpcError(RPC.invalidRequest, `Invalid Request: protocol version ${version} has no batches`);
  }
  const requests = messages.filter(isRequest);
  const initialize = requests.find(isInitialize);
  if (initialize) {
    if (messages.length > 1) throw new RpcError(RPC.invalidRequest, 'Invalid Request: initialize must come alone');
    const { introduction, request } = readInitialize(initialize, strict);
    const opens = await openSession(endpoint, received, res, introduction);
    return runExchange(endpoint, received, res, {
      requests: [request],
      batch: false,
      accept,
      protocolVersion: introduction.protocolVersion,
      opens,
    });
  }
  const record = storage && (await sessionOf(received, storage));
  if (record && routing) for (const message of messages) await passOn(routing, served.live, record, message);
  if (requests.length === 0) {
    res.writeHead(202).end();
    return;
  }
  await runExchange(endpoint, received, res, {
    requests,
    batch,
    accept,
    protocolVersion: version ?? record?.protocolVersion ?? assumedVersion,
    record,
  });
}

function isInitialize(message: RpcMessage): boolean {
  return isRequest(message) && message.method === 'initialize';
}

/** The record is stored before the answer leaves: whoever reads the id may use it at once, on any node. */
async function openSession(
  { storage, metrics, served }: Endpoint,
  { owner, note }: Received,
  res: Outgoing,
  introduction: Introduction,
): Promise<string | undefined> {
  if (!storage) return undefined;
  const id = served.live?.newId() ?? crypto.randomUUID();
  await storage.sessions.create({ id, ...introduction, owner });
  metrics.sessionCreated();
  note({ session: shortSession(id) });
  res.setHeader('Mcp-Session-Id', id);
  return id;
}

/**
 * Passes on what belongs to other exchanges of the session: answers to the server's requests, progress on them, and
 * cancellations. Other notifications need nothing done, unless a live server is there to take them.
 */
async function passOn(
  routing: Routing,
  live: LiveParts | undefined,
  { id }: SessionRecord,
  message: RpcMessage,
): Promise<void> {
  if (isResponse(message)) return routing.deliver(id, message);
  if (isRequest(message)) return;
  if (message.method === 'notifications/cancelled') await routing.cancel(id, message);
  else if (message.method === 'notifications/progress') await routing.deliver(id, message);
  else if (live && !(await live.notify(id, message))) throw unknownSession();
}
