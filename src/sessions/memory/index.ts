import type { Logger } from '../../log.js';
import { BusChangeFeed } from '../change-feed.js';
import type { Storage } from '../contract.js';
import { memoryCounter } from './counter.js';
import { memoryEventLog } from './event-log.js';
import { memoryMessageBus } from './message-bus.js';
import { memorySessionStore } from './session-store.js';
import { SessionTable } from './session-table.js';
import { memoryTaskStore } from './task-store.js';
import { memoryValueStore } from './value-store.js';

export interface MemoryStorageOptions {
  /** How long a session lives after its last use, ms. */
  ttlMs: number;
  /** Calculations that a session's history keeps. */
  historyLimit: number;
  /** Sessions that may be open at once. */
  maxSessions: number;
  /** What lifetimes are measured by, ms: it must not be stepped. */
  clock?: () => number;
  logger?: Logger;
  /** Called once for each session that expired. */
  onExpired?: (sessionId: string) => void;
}

/**
 * Storage in this process: gone with it, and no other node sees it.
 * @example
 * const storage = openMemoryStorage({ ttlMs: 60_000, historyLimit: 50, maxSessions: 100 });
 * const mcp = createFetchHandler(catalog, { storage });
 * assert.equal((await mcp(new Request('http://localhost/mcp'))).status, 400);
 * await storage.close();
 */
export function openMemoryStorage(options: MemoryStorageOptions): Storage {
  const { clock = () => performance.now() } = options;
  const table = new SessionTable(options.ttlMs, clock, options.onExpired);
  const sessions = memorySessionStore(table, options);
  const events = memoryEventLog(table, options.logger);
  const bus = memoryMessageBus(options.logger);
  const changes = new BusChangeFeed(bus, () => undefined);
  return {
    mode: 'in-memory',
    sessions,
    events,
    bus,
    values: memoryValueStore({ clock }),
    changes,
    tasks: memoryTaskStore({ clock }),
    count: memoryCounter({ clock }),
    status: () => 'ready',
    async ping() {
      // This process answers, or nobody would have asked.
    },
    async close() {
      changes.close();
      await Promise.all([sessions.close(), events.close(), bus.close()]);
    },
  };
}
