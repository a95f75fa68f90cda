import type { Outgoing } from '../../http/message.js';
import { redactHeaders } from '../../text/secrets.js';
import { asRpcError } from '../../protocol/errors.js';
import type { Envelope } from '../../protocol/modern/envelope.js';
import { OpenRequests } from '../../protocol/open-requests.js';
import type { Facts } from '../../protocol/served.js';
import type { RpcRequest } from '../../rpc/messages.js';
import { allowsPriming } from '../../rpc/versions.js';
import type { SessionRecord } from '../../sessions/contract.js';
import type { Received } from '../read-request.js';
import { messageFields } from '../request-fields.js';
import { sessionRenewal } from '../session-renewal.js';
import type { Acceptable } from './accept.js';
import type { Endpoint } from './endpoint.js';
import { Exchange } from './exchange.js';
import { Reply } from './reply.js';
import { legacyStatusOf, modernStatusOf } from './status.js';
import { STANDALONE, StreamLog } from './stream-log.js';

export interface ExchangeInput {
  readonly requests: readonly RpcRequest[];
  readonly batch: boolean;
  readonly accept: Acceptable;
  readonly protocolVersion: string;
  /** What a request of the modern era says of its client. */
  readonly envelope?: Envelope;
  /** The session, as loaded for this POST; absent when stateless, for `initialize`, and in the modern era. */
  readonly record?: SessionRecord;
  /** The session that `initialize` opens. */
  readonly opens?: string;
}

/** One exchange: the requests are served, and all is gone when they are answered. Resolves as soon as they are being served. */
export async function runExchange(
  endpoint: Endpoint,
  received: Received,
  res: Outgoing,
  { requests, batch, accept, protocolVersion, envelope, record, opens }: ExchangeInput,
): Promise<void> {
  const { served, storage, routing, exchanges, logger, metrics, keepAlive, patience, limit, sessionTtlMs, turns } =
    endpoint;
  const { requestId, headers, caller, owner, auth } = received;
  const sessionId = record?.id ?? opens;
  const facts: Facts = {
    record,
    opens,
    tellSession:
      storage && sessionId !== undefined
        ? (message) => storage.events.append({ sessionId, streamId: STANDALONE, messages: [message] })
        : undefined,
    storage,
    caller,
    owner,
    transport: 'streamable-http',
    requestId,
    headers: () => redactHeaders(headers),
    envelope,
    validUntil: auth?.expiresAt === undefined ? undefined : auth.expiresAt * 1_000,
    protocolVersion,
    logger,
    received,
  };
  const open = new OpenRequests({
    metrics,
    limit,
    logger,
    requestId,
    traced: endpoint.telemetry && { telemetry: endpoint.telemetry, facts },
    // Of a POST with one request, the line says already what it is.
    observer: ({ request, outcome }) => received.note(batch ? { ...messageFields(request), outcome } : { outcome }),
    answer: (late) => exchange.answer(late),
  });
  const id = endpoint.nextExchangeId();
  const session = record && storage && { id: record.id, storage };
  // Who waits for an answer uses the session.
  const renew = session && sessionRenewal(session.storage.sessions, session.id, sessionTtlMs, logger, () => undefined);
  const reply = new Reply(res, {
    accept,
    batch,
    ids: requests.map(({ id }) => id),
    priming: record !== undefined && allowsPriming(protocolVersion),
    patience,
    statusOf: envelope ? modernStatusOf : legacyStatusOf,
    log: session && new StreamLog(session.storage, session.id, id),
    stream: { keepAlive, metrics, onTick: renew },
    // A stateless call whose connection is gone can't be answered any more, nor cancelled: it would run for nobody.
    onLost: () => {
      exchange
        .close()
        .catch((error: unknown) => logger.warn({ requestId, err: error }, 'an exchange could not be ended'));
    },
    onError: (error) => logger.warn({ requestId, err: error }, 'a stream could not be written'),
  });
  const exchange: Exchange = new Exchange(id, {
    reply,
    open,
    turns,
    waitFor: endpoint.waitFor,
    toSession: session && facts.tellSession,
    onDone: () => {
      exchanges.delete(exchange);
      if (session) routing?.removeExchange(session.id, exchange);
    },
  });
  exchanges.add(exchange);
  if (renew && !accept.events) {
    // No stream will do it.
    const waiting = { tick: renew };
    keepAlive.add(waiting);
    res.once('close', () => keepAlive.delete(waiting));
  }
  if (session) routing?.addExchange(session.id, exchange);
  // Owed from now on: whoever cancels, ends or leaves finds it while an author's server is still being made.
  exchange.admit(requests, envelope ? 'modern' : 'legacy');
  try {
    const peer = served.open(facts, exchange);
    await exchange.serve(peer instanceof Promise ? await peer : peer);
  } catch (error) {
    await exchange.close(asRpcError(error, facts));
  }
}
