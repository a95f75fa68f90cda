import type { IncomingMessage, ServerResponse } from 'node:http';
import { callerOf } from '../../auth/ownership.js';
import { redactHeaders, shortSession } from '../../log.js';
import { replay, replayInitialize } from '../../protocol/handshake.js';
import type { RpcRequest } from '../../rpc/messages.js';
import { PendingRequests } from '../../protocol/pending-requests.js';
import type { Scope } from '../../protocol/scope.js';
import { allowsPriming } from '../../rpc/versions.js';
import type { SessionRecord } from '../../sessions/contract.js';
import { methodOf, tracedBy } from '../request-fields.js';
import type { Acceptable } from './accept.js';
import { Exchange } from './exchange.js';
import type { Endpoint } from './endpoint.js';
import { Reply } from './reply.js';
import { STANDALONE, StreamLog, streamIdOf } from './stream-log.js';

export interface ExchangeInput {
  readonly requests: readonly RpcRequest[];
  readonly batch: boolean;
  readonly accept: Acceptable;
  readonly protocolVersion: string;
  /** The session, as loaded for this POST; absent when stateless, and for `initialize`. */
  readonly record?: SessionRecord;
}

/**
 * One exchange: a server is made, brought to where the session is, asked, and gone when it has answered. Resolves as soon
 * as the server has been asked; the reply ends the response.
 */
export async function runExchange(
  endpoint: Endpoint,
  req: IncomingMessage,
  res: ServerResponse,
  { requests, batch, accept, protocolVersion, record }: ExchangeInput,
): Promise<void> {
  const { binding, storage, routing, logger, metrics, keepAlive, sseAfterMs } = endpoint;
  const caller = callerOf(req.auth);
  const scope: Scope = {
    ...(record && { record }),
    ...(storage && { storage }),
    ...(caller && { caller }),
    transport: 'streamable-http',
    requestId: req.requestId,
    headers: () => redactHeaders(req.headers),
    protocolVersion,
    logger,
  };
  const pending = new PendingRequests(scope, metrics, ({ request, tool, outcome }) => {
    Object.assign((req.logFields ??= {}), { rpcMethod: methodOf(request), ...(tool && { tool }), outcome });
  });
  req.logFields = logFieldsOf(req, requests, record);

  const streamId = streamIdOf(storage?.bus.nodeId ?? 'stateless', endpoint.nextExchange());
  const reply = new Reply(res, {
    accept,
    batch,
    ids: requests.map(({ id }) => id),
    priming: record !== undefined && allowsPriming(protocolVersion),
    sseAfterMs,
    ...(record && storage && { log: new StreamLog(storage, record.id, streamId) }),
    stream: { keepAlive, metrics },
    // A stateless call whose connection is gone can't be answered any more, nor cancelled: it would run for nobody.
    onLost: () => void exchange.close(),
    onError: (error) => logger.warn({ requestId: req.requestId, err: error }, 'a stream could not be written'),
  });
  const exchange: Exchange = new Exchange(streamId, {
    reply,
    pending,
    ...(record && { sessionId: record.id }),
    ...(record && storage && { toSession: (message) => storage.events.append({ sessionId: record.id, streamId: STANDALONE, message }) }),
    onDone: (done) => record && routing?.removeExchange(record.id, done),
  });
  if (record) routing?.addExchange(record.id, exchange);

  await binding.connect(exchange, scope, new Set(requests.map(({ method }) => method)));
  if (record && binding.keepsState) replay(exchange, record);
  else if (record) scope.handshake = once(() => replayInitialize(exchange, record.initialize));
  exchange.receive(requests, {
    requestInfo: { headers: req.headers },
    ...(req.auth && { authInfo: req.auth }),
  });
}

function logFieldsOf(
  req: IncomingMessage,
  [first]: readonly RpcRequest[],
  record: SessionRecord | undefined,
): Record<string, unknown> {
  return { ...(record && { session: shortSession(record.id) }), ...tracedBy(req, first) };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
