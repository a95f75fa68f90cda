import type { AuthorizationServerOptions } from '../auth-server/authorization-server.js';
import { memoryAuthStore } from '../auth-server/memory-store.js';
import { redisAuthStore } from '../auth-server/redis-store.js';
import type { RedisConfig } from '../config/index.js';
import { redisCounter } from '../http/middleware/redis-counter.js';
import type { Logger } from '../log.js';
import type { Storage } from '../sessions/contract.js';
import type { RedisStorage } from '../sessions/redis/index.js';

/** Where the demo authorization server keeps its state and counts its requests, and what to do with it at the end. */
export interface AuthState extends Required<Pick<AuthorizationServerOptions, 'store' | 'limits'>> {
  close(): Promise<void>;
}

/** Bounds for sessions, of which an authorization server has none: only the connection is used. */
const NO_SESSIONS = { ttlMs: 60_000, historyLimit: 1, maxSessions: 1 };

/** The state in memory, or in Redis: over the connection of a storage that is open already, or over one of its own. */
export async function openAuthState(
  { redis, rateLimit }: { redis: RedisConfig | undefined; rateLimit: object | undefined },
  logger: Logger,
  opened?: Storage,
): Promise<AuthState> {
  if (redis === undefined) {
    return { store: memoryAuthStore(), limits: rateLimit ? 'memory' : 'off', close: async () => undefined };
  }
  const shared = opened?.mode === 'redis' ? (opened as RedisStorage) : undefined;
  const storage = shared ?? (await connect(redis, logger));
  const call = (name: string, ...args: string[]): Promise<unknown> => storage.command(name, ...args);
  return {
    store: redisAuthStore(call, redis.prefix),
    limits: rateLimit ? (endpoint) => redisCounter({ call }, `${redis.prefix}auth:rate:${endpoint}:`) : 'off',
    close: async () => (shared ? undefined : storage.close()),
  };
}

async function connect({ url, cluster, sentinel, prefix }: RedisConfig, logger: Logger): Promise<RedisStorage> {
  const { openRedisStorage } = await import('../sessions/redis/index.js');
  return openRedisStorage({ url, cluster, ...(sentinel && { sentinel }), prefix, ...NO_SESSIONS, logger });
}
