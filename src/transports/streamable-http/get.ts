import type { Outgoing } from '../../http/message.js';
import type { Logger } from '../../log.js';
import { allowsPriming } from '../../rpc/versions.js';
import type { LogEvent, SessionRecord, Storage } from '../../sessions/contract.js';
import { StoreUnavailableError, UnknownEventError } from '../../sessions/errors.js';
import { EventStream } from '../event-stream.js';
import type { Received } from '../read-request.js';
import { versionOf } from '../read-request.js';
import { unknownSession } from '../refusals.js';
import { sessionRenewal } from '../session-renewal.js';
import { requireEvents } from './accept.js';
import { Subscribed } from '../../protocol/legacy/subscribed.js';
import type { StatefulEndpoint } from './endpoint.js';
import { sessionOf } from './endpoint.js';
import type { Listener } from './routing.js';
import { STANDALONE, streamOf } from './stream-log.js';
import { tail } from './tail.js';

/**
 * GET opens the session's standalone stream, or with `Last-Event-ID` goes on with any stream of the session
 * (transports, "Listening for Messages from the Server" and "Resumability and Redelivery").
 */
export async function openStream(endpoint: StatefulEndpoint, received: Received, res: Outgoing): Promise<void> {
  requireEvents(received.headers.accept, endpoint.strict);
  const version = versionOf(received);
  const record = await sessionOf(received, endpoint.storage);
  if (endpoint.served.live && !(await endpoint.served.live.has(record.id))) throw unknownSession();
  const lastEventId = received.headers['last-event-id'];
  const position =
    typeof lastEventId === 'string' && lastEventId !== ''
      ? await resumeFrom(endpoint.storage, record.id, lastEventId)
      : await listenFrom(endpoint.storage, record);
  await serveStream(endpoint, received, res, record, position, allowsPriming(version ?? record.protocolVersion));
}

interface Position {
  readonly streamId: string;
  /** The event after which to go on; all of the stream when absent. */
  readonly after?: string;
  /** What was read already. */
  readonly events: readonly LogEvent[];
  /** The id that the client is primed with, so that it can resume before the first event. */
  readonly prime?: string;
}

/** Reads before the response begins, so that an id of another session is still refused with a status. */
async function resumeFrom({ events }: Storage, sessionId: string, lastEventId: string): Promise<Position> {
  const streamId = streamOf(lastEventId);
  if (streamId === undefined) throw new UnknownEventError(lastEventId);
  return { streamId, after: lastEventId, events: await events.read(sessionId, streamId, lastEventId) };
}

/**
 * The first listener of a session gets what was sent before it came: a client opens this stream beside its next
 * request, and a notification may be the faster one. Later listeners start with what comes.
 */
async function listenFrom({ events, sessions }: Storage, record: SessionRecord): Promise<Position> {
  const newest = await events.newest(record.id, STANDALONE);
  if (!record.listened) await sessions.update(record.id, { listened: true });
  if (newest !== undefined && !record.listened) return { streamId: STANDALONE, events: [] };
  const prime = newest ?? (await events.append({ sessionId: record.id, streamId: STANDALONE, messages: [''] }))[0];
  return { streamId: STANDALONE, after: prime, events: [], prime };
}

async function serveStream(
  { storage, served, routing, keepAlive, metrics, logger, sessionTtlMs }: StatefulEndpoint,
  { note }: Received,
  res: Outgoing,
  { id: sessionId, requestCount }: SessionRecord,
  position: Position,
  priming: boolean,
): Promise<void> {
  const { streamId } = position;
  const gone = new AbortController();
  const stream: EventStream = new EventStream(res, {
    keepAlive,
    metrics,
    onClose: () => {
      routing.removeListener(sessionId, listener);
      subscribed?.close();
      gone.abort();
    },
    onTick: sessionRenewal(storage.sessions, sessionId, sessionTtlMs, logger, () => stream.end()),
  });
  const lists = served.changesLists ?? false;
  // Made when there is any: most sessions subscribe to nothing.
  let subscribed: Subscribed | undefined;
  const hearing = () => (subscribed ??= subscribedStream(storage, sessionId, logger, lists));
  const subscribe = (uri: string) => hearing().add(uri);
  const listener: Listener = {
    standalone: streamId === STANDALONE,
    order: requestCount,
    subscribe: (uri) => void subscribe(uri),
    unsubscribe: (uri) => subscribed?.remove(uri),
    end: (early, outcome) => {
      if (outcome !== undefined) note({ outcome });
      stream.end(early);
    },
  };
  routing.addListener(sessionId, listener);
  if (listener.standalone) {
    // What comes from now on is heard of by the listener.
    const uris = await storage.sessions.subscriptions(sessionId).catch(ignoreOutage);
    for (const uri of uris) await subscribe(uri);
    if (lists) await hearing().open();
    if (!stream.isOpen) subscribed?.close();
  }
  if (priming && position.prime !== undefined) stream.prime(position.prime);
  if (listener.standalone && stream.isOpen) await routing.takeOver(sessionId, listener.order);
  const lose = async () => listener.end(false, (await storage.sessions.peek(sessionId)) ? undefined : 'session_ended');
  await tail({ storage, sessionId, stream, priming, logger, lose, signal: gone.signal, ...position });
  stream.end();
}

/** What the session has subscribed to is told by way of its log, as all that is sent on its standalone stream. */
function subscribedStream({ changes, events }: Storage, sessionId: string, logger: Logger, lists: boolean): Subscribed {
  return new Subscribed({
    changes,
    sessionId,
    lists,
    tell: (notification) =>
      events.append({ sessionId, streamId: STANDALONE, messages: [JSON.stringify(notification)] }),
    onError: (error) => logger.debug({ err: error }, 'a session was not told of a change'),
  });
}

/** The stream is there all the same, and whoever subscribes anew is told. */
function ignoreOutage(error: unknown): string[] {
  if (error instanceof StoreUnavailableError) return [];
  throw error;
}
