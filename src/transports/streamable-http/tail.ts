import type { Logger } from '../../log.js';
import type { LogEvent, Storage } from '../../sessions/contract.js';
import { StoreUnavailableError, UnknownEventError } from '../../sessions/errors.js';
import type { EventStream } from '../event-stream.js';
import { endForDeadNode } from './dead-node.js';
import { nodeOf } from './stream-log.js';
import { Waker } from './waker.js';

/** How often a follower looks whether the node that writes the stream is alive, ms; also after an outage of the store. */
const WATCH_MS = 500;

export interface TailOptions {
  readonly storage: Storage;
  readonly sessionId: string;
  readonly streamId: string;
  /** The event after which to go on. */
  readonly after?: string;
  /** What was read after it already. */
  readonly events: readonly LogEvent[];
  readonly stream: EventStream;
  readonly priming: boolean;
  readonly logger: Logger;
  /** Ends the connection whose place in the log is gone: the session has ended, or the log was overrun. */
  readonly lose: () => Promise<void>;
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
}

/**
 * Copies a stream's events from the log to a connection, each exactly once and in order, until the stream's last event or
 * the connection's end. When the node that writes the stream has died, the calls it owed are ended with an error.
 */
export async function tail(options: TailOptions): Promise<void> {
  const { storage, sessionId, streamId, signal } = options;
  const writer = nodeOf(streamId);
  const waker = new Waker(signal);
  let stop: (() => void) | undefined;
  try {
    let position = await write(options, options.events, options.after);
    while (!signal.aborted && !position.ended) {
      try {
        // Following comes before reading, so that nothing falls between the two.
        stop ??= await storage.events.follow(sessionId, streamId, () => waker.wake());
        const events = await storage.events.read(sessionId, streamId, position.after);
        position = await write(options, events, position.after);
        if (events.length > 0) continue;
        if (writer !== undefined && !(await storage.bus.isAlive(writer)))
          await endForDeadNode(storage, sessionId, streamId);
        await waker.sleep(writer === undefined ? undefined : WATCH_MS);
      } catch (error) {
        if (error instanceof UnknownEventError) return await options.lose();
        if (!(error instanceof StoreUnavailableError)) throw error;
        await waker.sleep(WATCH_MS);
      }
    }
  } finally {
    stop?.();
  }
}

interface Progress {
  readonly after: string | undefined;
  readonly ended: boolean;
}

async function write(
  { stream, priming }: TailOptions,
  events: readonly LogEvent[],
  after: string | undefined,
): Promise<Progress> {
  let position = after;
  for (const { id, message, last } of events) {
    position = id;
    // Opening events are no messages: they hold nothing, or the ids of the requests to be answered.
    if (message.startsWith('{')) await stream.send(message, id);
    else if (priming && !last) stream.prime(id);
    if (last) return { after: position, ended: true };
  }
  return { after: position, ended: false };
}
