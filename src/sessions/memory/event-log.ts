import type { Logger } from '../../log.js';
import type { EventLog } from '../contract.js';
import { UnknownEventError } from '../errors.js';
import { EVENT_CHARACTERS_IN_MEMORY, EVENT_CHARACTERS_PER_SESSION, EVENTS_PER_READ } from '../limits.js';
import { type EventTotal, SessionStreams } from './session-streams.js';
import type { SessionTable } from './session-table.js';

/** The event logs of the sessions of a table; they end with their session. */
export function memoryEventLog(table: SessionTable, logger?: Logger): EventLog {
  let position = 0;
  const total: EventTotal = { characters: 0 };
  const callWake = (wake: () => void) => {
    try {
      wake();
    } catch (error) {
      logger?.error({ err: error }, 'A follower of an event stream failed');
    }
  };

  return {
    async append({ sessionId, streamId, messages, last = false }) {
      const entry = table.use(sessionId);
      if (entry === undefined) return [];
      const streams = (entry.streams ??= new SessionStreams(callWake, total));
      const ids: string[] = [];
      for (const [index, message] of messages.entries()) {
        const id = streams.append(streamId, ++position, message, last && index === messages.length - 1);
        if (id !== undefined) ids.push(id);
      }
      if (total.characters > EVENT_CHARACTERS_IN_MEMORY) makeRoom(table, total);
      return ids;
    },
    async read(sessionId, streamId, after, limit = EVENTS_PER_READ) {
      const streams = table.find(sessionId)?.streams;
      const events = streams?.after(streamId, after, Math.max(0, limit));
      if (events !== undefined) return events;
      if (after !== undefined) throw new UnknownEventError(after);
      return [];
    },
    async newest(sessionId, streamId) {
      return table.find(sessionId)?.streams?.newest(streamId);
    },
    async follow(sessionId, streamId, wake) {
      const entry = table.find(sessionId);
      if (entry === undefined) return () => undefined;
      entry.streams ??= new SessionStreams(callWake, total);
      return entry.streams.follow(streamId, wake);
    },
    async close() {
      // The table owns the events, and a follower costs nothing once its session is gone.
    },
  };
}

/** A quarter at once, so that looking at every session is rare. Who holds the most gives the most. */
function makeRoom(table: SessionTable, total: EventTotal): void {
  let each = EVENT_CHARACTERS_PER_SESSION;
  while (total.characters > EVENT_CHARACTERS_IN_MEMORY * 0.75) {
    each = Math.floor(each / 2);
    for (const { streams } of table.all()) streams?.shrink(each);
  }
}
