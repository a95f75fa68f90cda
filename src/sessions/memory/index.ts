import type { Logger } from '../../log.js';
import type { Storage } from '../contract.js';
import { memoryEventLog } from './event-log.js';
import { memoryMessageBus } from './message-bus.js';
import { memorySessionStore } from './session-store.js';
import { SessionTable } from './session-table.js';

export interface MemoryStorageOptions {
  /** How long a session lives after its last use, ms. */
  ttlMs: number;
  /** Calculations that a session's history keeps. */
  historyLimit: number;
  /** Sessions that may be open at once. */
  maxSessions: number;
  /** Milliseconds since the epoch. */
  clock?: () => number;
  logger?: Logger;
}

/** Storage in this process: gone with it, and no other node sees it. */
export function openMemoryStorage(options: MemoryStorageOptions): Storage {
  const table = new SessionTable(options.ttlMs, options.clock ?? Date.now);
  const sessions = memorySessionStore(table, options);
  const events = memoryEventLog(table, options.logger);
  const bus = memoryMessageBus(options.logger);
  return {
    mode: 'in-memory',
    sessions,
    events,
    bus,
    status: () => 'ready',
    async ping() {
      // This process answers, or nobody would have asked.
    },
    async close() {
      await Promise.all([sessions.close(), events.close(), bus.close()]);
    },
  };
}
