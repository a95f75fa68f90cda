import type { AuthStore, StoredValue } from './store.js';

/**
 * Sends one command to Redis, 6.2 or newer. It must end within a bounded time, and reject with `StoreUnavailableError` where
 * Redis does not answer: the session storage's `command` does both.
 */
export type RedisCommand = (name: string, ...args: string[]) => Promise<unknown>;

/** Keeps the state in Redis, for all nodes that share it and the prefix, which ends as keys are to begin: `mcp-calc:`. */
export function redisAuthStore(command: RedisCommand, prefix = 'mcp-calc:'): AuthStore {
  const at = (key: string): string => `${prefix}auth:${key}`;
  return {
    async put(key, value, ttlMs) {
      await command('set', at(key), JSON.stringify(value), 'PX', String(ttlMs));
    },
    async read(...keys) {
      return ((await command('mget', ...keys.map(at))) as (string | null)[]).map(parsed);
    },
    async take(key) {
      return parsed((await command('getdel', at(key))) as string | null);
    },
    async claim(key, ttlMs) {
      return (await command('set', at(key), '{}', 'PX', String(ttlMs), 'NX')) === 'OK';
    },
    async renew(key, ttlMs) {
      return (await command('pexpire', at(key), String(ttlMs))) === 1;
    },
    async remove(key) {
      await command('del', at(key));
    },
  };
}

function parsed(text: string | null): StoredValue | undefined {
  return text === null ? undefined : (JSON.parse(text) as StoredValue);
}
