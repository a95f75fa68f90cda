import type { Logger } from '../../log.js';
import type { EventLog } from '../contract.js';
import { UnknownEventError } from '../errors.js';
import { EVENTS_PER_READ } from '../limits.js';
import { SessionStreams } from './session-streams.js';
import type { SessionTable } from './session-table.js';

/** The event logs of the sessions of a table; they end with their session. */
export function memoryEventLog(table: SessionTable, logger?: Logger): EventLog {
  let position = 0;
  const callWake = (wake: () => void) => {
    try {
      wake();
    } catch (error) {
      logger?.error({ err: error }, 'A follower of an event stream failed');
    }
  };

  return {
    async append({ sessionId, streamId, message, last = false }) {
      const entry = table.use(sessionId);
      if (entry === undefined) return '';
      entry.streams ??= new SessionStreams(callWake);
      return entry.streams.append(streamId, ++position, message, last);
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
      entry.streams ??= new SessionStreams(callWake);
      return entry.streams.follow(streamId, wake);
    },
    async close() {
      // The table owns the events, and a follower costs nothing once its session is gone.
    },
  };
}
