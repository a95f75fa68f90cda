import type { StoredValue, ValueStore } from '../contract.js';
import type { Commands } from './commands.js';
import type { Keys } from './keys.js';

/** Values in Redis, 6.2 or newer: one command an operation, each atomic and one round trip. */
export function redisValueStore(commands: Commands, keys: Keys): ValueStore {
  const at = (key: string): string => keys.value(key);
  return {
    async put(key, value, ttlMs) {
      await commands.write('set', at(key), JSON.stringify(value), 'PX', ttlMs);
    },
    async read(...names) {
      return ((await commands.call('mget', ...names.map(at))) as (string | null)[]).map(parsed);
    },
    async take(key) {
      return parsed((await commands.write('getdel', at(key))) as string | null);
    },
    async claim(key, ttlMs) {
      return (await commands.write('set', at(key), '{}', 'PX', ttlMs, 'NX')) === 'OK';
    },
    async renew(key, ttlMs) {
      return (await commands.write('pexpire', at(key), ttlMs)) === 1;
    },
    async remove(key) {
      await commands.write('del', at(key));
    },
  };
}

function parsed(text: string | null): StoredValue | undefined {
  return text === null ? undefined : (JSON.parse(text) as StoredValue);
}
