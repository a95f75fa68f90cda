import { memoryAuthStore } from '../../auth/demo/memory-store.js';
import { redisAuthStore } from '../../auth/demo/redis-store.js';
import type { RedisCommand } from '../../auth/demo/redis-store.js';
import type { AuthStore } from '../../auth/demo/store.js';
import type { RedisConfig } from '../../config/index.js';
import type { Logger } from '../../log.js';
import type { Storage } from '../../sessions/contract.js';

/** Where the demo authorization server keeps its state, and what to do with it at the end. */
export interface AuthState {
  readonly store: AuthStore;
  close(): Promise<void>;
}

/** Bounds for sessions, of which an authorization server has none: only the connection is used. */
const NO_SESSIONS = { ttlMs: 60_000, historyLimit: 1, maxSessions: 1 };

/** The state in memory, or in Redis: over the connection of a storage that is open already, or over one of its own. */
export async function openAuthState(redis: RedisConfig | undefined, logger: Logger, open?: Storage): Promise<AuthState> {
  if (redis === undefined) return { store: memoryAuthStore(), close: async () => undefined };
  if (open && hasCommand(open)) return { store: redisAuthStore((...command) => open.command(...command), redis.prefix), close: async () => undefined };
  const { openRedisStorage } = await import('../../sessions/redis/index.js');
  const { url, cluster, sentinel, prefix } = redis;
  const storage = await openRedisStorage({ url, cluster, ...(sentinel && { sentinel }), prefix, ...NO_SESSIONS, logger });
  return { store: redisAuthStore((...command) => storage.command(...command), prefix), close: () => storage.close() };
}

function hasCommand(storage: Storage): storage is Storage & { command: RedisCommand } {
  return 'command' in storage;
}
