import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ownerOf } from '../../auth/ownership.js';
import { shortSession } from '../../log.js';
import { completeInitialize } from '../../protocol/handshake.js';
import type { RpcMessage, RpcRequest } from '../../rpc/messages.js';
import { idOf, isRequest, readMessages } from '../../rpc/messages.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import { allowsBatches, assumedVersion, negotiate } from '../../rpc/versions.js';
import type { SessionRecord } from '../../sessions/contract.js';
import type { Known } from '../answering.js';
import { readJson } from '../read-json.js';
import { methodOf, tracedBy } from '../request-fields.js';
import { lacksScopes } from '../scopes.js';
import { acceptOfPost } from './accept.js';
import type { Endpoint } from './endpoint.js';
import { runExchange } from './run-exchange.js';
import { sessionOf } from './session-of.js';
import { takeAside } from './take-aside.js';
import { versionOf } from './version-of.js';

/** Serves one POST: checks it in the order of the table of bad input, then runs its exchange. */
export async function answerPost(endpoint: Endpoint, req: IncomingMessage, res: ServerResponse, known: Known): Promise<void> {
  const accept = acceptOfPost(req.headers.accept, endpoint.strict);
  const body = await readJson(req, endpoint.bodyLimit);
  known.id = idOf(body);
  const version = versionOf(req);
  const { messages, batch } = readMessages(body);
  if (batch && !allowsBatches(version ?? assumedVersion)) {
    throw new RpcError(RPC.invalidRequest, `Invalid Request: protocol version ${version} has no batches`);
  }
  if (lacksScopes(endpoint, req, res, messages)) return;

  const requests = messages.filter(isRequest);
  const initialize = requests.find(({ method }) => method === 'initialize');
  if (initialize) {
    if (messages.length > 1) throw new RpcError(RPC.invalidRequest, 'Invalid Request: initialize must come alone');
    return openSession(endpoint, req, res, initialize, accept);
  }
  const record = endpoint.storage && (await sessionOf(req, endpoint.storage.sessions));
  if (record) await takeAside(endpoint, record, messages);
  if (requests.length === 0) {
    noteOthers(req, messages, record);
    res.writeHead(202).end();
    return;
  }
  const protocolVersion = version ?? record?.protocolVersion ?? assumedVersion;
  await runExchange(endpoint, req, res, { requests, batch, accept, protocolVersion, ...(record && { record }) });
}

/** The record is stored before the answer leaves: whoever reads the id may use it at once, on any node. */
async function openSession(
  endpoint: Endpoint,
  req: IncomingMessage,
  res: ServerResponse,
  request: RpcRequest,
  accept: ReturnType<typeof acceptOfPost>,
): Promise<void> {
  const complete = completeInitialize(request, endpoint.strict);
  const protocolVersion = negotiate(complete.params?.protocolVersion);
  const { storage, metrics } = endpoint;
  if (storage) {
    const id = randomUUID();
    const owner = ownerOf(req.auth);
    await storage.sessions.create({ id, initialize: complete.params ?? {}, protocolVersion, ...(owner !== undefined && { owner }) });
    metrics.sessionCreated();
    res.setHeader('Mcp-Session-Id', id);
  }
  await runExchange(endpoint, req, res, { requests: [complete], batch: false, accept, protocolVersion });
}

function noteOthers(req: IncomingMessage, [first]: readonly RpcMessage[], record: SessionRecord | undefined): void {
  req.logFields = { ...(first && { rpcMethod: methodOf(first) }), ...(record && { session: shortSession(record.id) }), ...tracedBy(req, first) };
}
