import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpError } from '../http/errors.js';
import { redactHeaders, shortSession } from '../text/secrets.js';
import type { MessageToken } from '../protocol/served.js';
import { isObject, isRequest } from '../rpc/messages.js';
import { CallLimit } from '../protocol/call-limit.js';
import type { Storage } from '../sessions/contract.js';
import { StoreUnavailableError } from '../sessions/errors.js';
import { Connection } from './connection.js';
import { EventStream } from './event-stream.js';
import type { Received } from './read-request.js';
import { answering, postFields, readPosted } from './read-request.js';
import { drainingNode, methodNotAllowed, stoppedError, unknownSession } from './refusals.js';
import { endedFields } from './request-fields.js';
import { tellSessionEnd } from './session-end.js';
import { sessionRenewal } from './session-renewal.js';
import type { StreamableHttpOptions } from './streamable-http/endpoint.js';

/** How long a connection that ends waits for what another node has already taken for it, ms. */
const PASSED_ON_MS = 100;

/** The version that this transport belongs to (2024-11-05, basic/transports, "HTTP with SSE"). */
const LEGACY_VERSION = '2024-11-05';

export type SseOptions = Omit<StreamableHttpOptions, 'storage' | 'sseAfterMs'> & { readonly storage: Storage };

export interface SseTransport {
  /** `GET /sse`: opens a connection and names the address to post to. Never rejects. */
  handleStream(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** `POST /messages?sessionId=…`: takes a message for a connection, on whichever node that is. Never rejects. */
  handleMessage(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Takes no more requests, and ends every connection as soon as its calls are answered. */
  drain(): void;
  /** Whether there is no connection left. */
  isIdle(): boolean;
  /** Changes nothing: a connection both calls and listens, and ends when its calls have. */
  endStreams(): void;
  /** Answers what is still owed with an error, and ends every connection. */
  close(): Promise<void>;
}

interface Open {
  readonly connection: Connection;
  readonly stream: EventStream;
  /** When, ms since the epoch. */
  readonly began: number;
}

/**
 * The legacy HTTP+SSE transport. A connection by nature: its server lives where the stream is, and the session's id
 * names that node, so that a POST which lands on another is passed on by the bus.
 */
export function sse(options: SseOptions): SseTransport {
  const { storage, logger } = options;
  const limit = new CallLimit(options.callTimeoutMs);
  const open = new Map<string, Open>();
  let draining = false;
  const stop = storage.bus.onMessage(({ kind, sessionId, body, scopes, claims }) => {
    const found = open.get(sessionId);
    // Its owner has ended the session at the other endpoint.
    if (kind === 'end') found?.stream.end();
    if (kind !== 'sse-message') return;
    // Since the connection was opened, the token may have been exchanged for another.
    const token = Array.isArray(scopes) ? ({ scopes, ...(isObject(claims) && { claims }) } as MessageToken) : undefined;
    found?.connection.receive(body, token).catch((error: unknown) => {
      logger.warn({ err: error, session: shortSession(sessionId) }, 'a message could not be handled');
    });
  });

  return {
    handleStream: (req, res) =>
      answering(req, res, options, async (received) => {
        if (req.method !== 'GET') throw methodNotAllowed('GET');
        // An event source that gets an error never comes back, and one whose stream ends does.
        if (draining) new EventStream(res, options).end(true);
        else await connect({ ...options, limit }, open, received, res);
      }),
    handleMessage: (req, res) =>
      answering(req, res, options, async (received) => {
        if (req.method !== 'POST') throw methodNotAllowed('POST');
        const { body, messages } = await readPosted(received, req, options);
        const sessionId = new URL(req.url ?? '/', 'http://localhost').searchParams.get('sessionId');
        if (sessionId === null)
          throw new HttpError(400, 'Bad Request: the sessionId is missing from the address', {
            reason: 'session_missing',
          });
        const { owner, caller } = received;
        const record = await storage.sessions.touch(sessionId, owner);
        received.note({ ...postFields(received, messages), session: shortSession(sessionId) });
        const [node = ''] = sessionId.split('.');
        // What is accepted is promised an answer, which needs the connection.
        const isHere = node === storage.bus.nodeId;
        if (record && isHere && draining && open.has(sessionId) && messages.some(isRequest)) throw drainingNode();
        const delivered =
          record &&
          (!isHere || open.has(sessionId)) &&
          (await storage.bus.send(node, {
            kind: 'sse-message',
            sessionId,
            body,
            scopes: caller?.scopes,
            claims: caller?.claims,
          }));
        if (!delivered) throw unknownSession();
        res.writeHead(202).end('Accepted');
      }),
    drain() {
      draining = true;
      for (const [id, { connection, stream, began }] of open) {
        connection.refuseRequests(stoppedError());
        void connection
          .idle()
          // No node takes a message for it any more. Where the store is away, none could.
          .then(() => endSession(options, id, began))
          .then(() => delay(PASSED_ON_MS))
          .then(() => stream.end(true));
      }
    },
    isIdle: () => open.size === 0,
    endStreams: () => undefined,
    async close() {
      await Promise.all([...open.values()].map(({ connection }) => connection.close(stoppedError())));
      stop();
      for (const { stream } of [...open.values()]) stream.end(true);
    },
  };
}

async function connect(
  options: SseOptions & { readonly limit: CallLimit },
  open: Map<string, Open>,
  received: Received,
  res: ServerResponse,
): Promise<void> {
  const { storage, served, metrics, telemetry, logger, strict, keepAlive, sessionTtlMs, limit, turns } = options;
  const began = Date.now();
  const { requestId, headers, caller, owner } = received;
  const id = `${storage.bus.nodeId}.${randomUUID()}`;
  const session = shortSession(id);
  await storage.sessions.create({ id, initialize: '{}', protocolVersion: LEGACY_VERSION, owner });
  metrics.sessionCreated();
  received.note({ session });

  const stream: EventStream = new EventStream(res, {
    keepAlive,
    metrics,
    onClose: () => {
      open.delete(id);
      void connection.close();
      // Nothing can reach a session whose connection is gone. Where the store is away, the TTL ends it.
      void endSession(options, id, began);
    },
    onTick: sessionRenewal(storage.sessions, id, sessionTtlMs, logger, () => stream.end()),
  });
  const connection: Connection = new Connection({
    served,
    metrics,
    telemetry,
    strict,
    limit,
    turns,
    facts: {
      storage,
      caller,
      transport: 'sse',
      requestId,
      headers: () => redactHeaders(headers),
      protocolVersion: LEGACY_VERSION,
      logger,
      received,
    },
    load: () => storage.sessions.peek(id),
    write: async (text) => stream.send(text),
    flushed: () => stream.flushed(),
    observer: (ended) => logger.info({ requestId, session, ...endedFields(ended) }, 'request'),
  });
  await connection.ready();
  // Its client may have gone meanwhile, and who is gone is not told again.
  if (!stream.isOpen) return;
  open.set(id, { connection, stream, began });
  await stream.send(`/messages?sessionId=${id}`, undefined, 'endpoint');
}

/** Ends the session of a connection, and tells of it where nobody has yet. */
async function endSession(options: SseOptions, id: string, began: number): Promise<void> {
  const existed = await options.storage.sessions.end(id).catch(ignoreOutage);
  if (existed === true) tellSessionEnd(options, id, 'disconnected', began);
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof StoreUnavailableError)) throw error;
}
