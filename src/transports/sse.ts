import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import { callerOf, ownerOf } from '../auth/ownership.js';
import { HttpError } from '../http/errors.js';
import { redactHeaders, shortSession } from '../log.js';
import { idOf, readMessages } from '../rpc/messages.js';
import type { Storage } from '../sessions/contract.js';
import { StoreUnavailableError } from '../sessions/errors.js';
import { answering } from './answering.js';
import { Connection } from './connection.js';
import { EventStream } from './event-stream.js';
import { readJson } from './read-json.js';
import { methodNotAllowed, unknownSession } from './refusals.js';
import { endedFields, methodOf, tracedBy } from './request-fields.js';
import { lacksScopes } from './scopes.js';
import { sessionRenewal } from './session-renewal.js';
import type { StreamableHttpOptions } from './streamable-http/options.js';

/** The version that this transport belongs to (2024-11-05, basic/transports, "HTTP with SSE"). */
const LEGACY_VERSION = '2024-11-05';

export type SseOptions = Omit<StreamableHttpOptions, 'storage' | 'sseAfterMs'> & { readonly storage: Storage };

export interface SseTransport {
  /** `GET /sse`: opens a connection and names the address to post to. Never rejects. */
  handleStream(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** `POST /messages?sessionId=…`: takes a message for a connection, on whichever node that is. Never rejects. */
  handleMessage(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends every connection as soon as its calls are answered. */
  drain(): void;
  close(): Promise<void>;
}

interface Open {
  readonly connection: Connection;
  readonly stream: EventStream;
  /** What handlers may know of the request that opened the connection. */
  readonly extra: MessageExtraInfo;
}

/**
 * The legacy HTTP+SSE transport. A connection by nature: its server lives where the stream is, and the session's id
 * names that node, so that a POST which lands on another is passed on by the bus.
 */
export function sse(options: SseOptions): SseTransport {
  const { storage, logger } = options;
  const open = new Map<string, Open>();
  const stop = storage.bus.onMessage(({ kind, sessionId, body, scopes }) => {
    const found = open.get(sessionId);
    // Its owner has ended the session at the other endpoint.
    if (kind === 'end') found?.stream.end();
    if (kind !== 'sse-message') return;
    found?.connection.receive(body, withScopes(found.extra, scopes)).catch((error: unknown) => {
      logger.warn({ err: error, session: shortSession(sessionId) }, 'a message could not be handled');
    });
  });

  return {
    handleStream: (req, res) =>
      answering(res, logger, async () => {
        if (req.method !== 'GET') throw methodNotAllowed('GET');
        await connect(options, open, req, res);
      }),
    handleMessage: (req, res) =>
      answering(res, logger, async (known) => {
        if (req.method !== 'POST') throw methodNotAllowed('POST');
        const body = await readJson(req, options.bodyLimit);
        known.id = idOf(body);
        const { messages } = readMessages(body);
        if (lacksScopes(options, req, res, messages)) return;
        const sessionId = new URL(req.url ?? '/', 'http://localhost').searchParams.get('sessionId');
        if (sessionId === null) throw new HttpError(400, 'Bad Request: the sessionId is missing from the address', { reason: 'session_missing' });
        const record = await storage.sessions.touch(sessionId, ownerOf(req.auth));
        const [first] = messages;
        req.logFields = { session: shortSession(sessionId), ...(first && { rpcMethod: methodOf(first) }), ...tracedBy(req, first) };
        const [node = ''] = sessionId.split('.');
        const delivered = record && (await storage.bus.send(node, { kind: 'sse-message', sessionId, body, ...(req.auth && { scopes: req.auth.scopes }) }));
        if (!delivered) throw unknownSession();
        res.writeHead(202).end('Accepted');
      }),
    drain() {
      for (const { connection, stream } of open.values()) void connection.idle().then(() => stream.end(true));
    },
    async close() {
      stop();
      for (const { stream } of [...open.values()]) stream.end(true);
    },
  };
}

async function connect(options: SseOptions, open: Map<string, Open>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { storage, binding, metrics, logger, strict, keepAlive, sessionTtlMs } = options;
  const id = `${storage.bus.nodeId}.${randomUUID()}`;
  const owner = ownerOf(req.auth);
  const caller = callerOf(req.auth);
  await storage.sessions.create({ id, initialize: {}, protocolVersion: LEGACY_VERSION, ...(owner !== undefined && { owner }) });
  metrics.sessionCreated();
  req.logFields = { session: shortSession(id) };

  const stream: EventStream = new EventStream(res, {
    keepAlive,
    metrics,
    onClose: () => {
      open.delete(id);
      void connection.close();
      // Nothing can reach a session whose connection is gone. Where the store is away, the TTL ends it.
      storage.sessions.end(id).catch(ignoreOutage);
    },
    onTick: sessionRenewal(storage.sessions, id, sessionTtlMs, logger, () => stream.end()),
  });
  const connection: Connection = new Connection({
    binding,
    metrics,
    strict,
    scope: {
      storage,
      ...(caller && { caller }),
      transport: 'sse',
      requestId: req.requestId,
      headers: () => redactHeaders(req.headers),
      protocolVersion: LEGACY_VERSION,
      logger,
    },
    load: () => storage.sessions.peek(id),
    write: async (text) => stream.send(text),
    observer: (ended) => logger.info({ requestId: req.requestId, session: shortSession(id), ...endedFields(ended) }, 'request'),
  });
  await connection.open();
  open.set(id, { connection, stream, extra: { requestInfo: { headers: req.headers }, ...(req.auth && { authInfo: req.auth }) } });
  stream.send(`/messages?sessionId=${id}`, undefined, 'endpoint');
}

/** What this message's own token allows: since the connection was opened, the token may have been exchanged for another. */
function withScopes(extra: MessageExtraInfo, scopes: unknown): MessageExtraInfo {
  if (!extra.authInfo || !Array.isArray(scopes)) return extra;
  return { ...extra, authInfo: { ...extra.authInfo, scopes: scopes as string[] } };
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof StoreUnavailableError)) throw error;
}
