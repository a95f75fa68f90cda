import type { Logger } from '../../log.js';
import type { StoredValue, ValueStore } from '../contract.js';
import { type Commands, script } from './commands.js';
import type { Keys } from './keys.js';
import { NEWER_RECORD, newerRecord, noteNewerRecord, RECORD_VERSION } from './record-version.js';

/** KEYS: the value. Answers it and deletes it, unless it is of a newer version. */
const TAKE = script(
  `
local text = redis.call('GET', KEYS[1])
if not text then return false end
local version = string.match(text, '^{"recordVersion":(%d+)')
if version and version ~= '${RECORD_VERSION}' then return redis.error_reply('${NEWER_RECORD} ' .. version) end
redis.call('DEL', KEYS[1])
return text`,
  { durable: true },
);

/**
 * Values in Redis, 6.2 or newer: one command an operation, each atomic and one round trip. Each is a JSON object that begins with
 * its version, as one member more: a node of 1.0.0, which wrote none, reads over it.
 */
export function redisValueStore(commands: Commands, keys: Keys, logger?: Logger): ValueStore {
  const at = (key: string): string => keys.value(key);
  const parsed = (text: string | null): StoredValue | undefined => {
    if (text === null) return undefined;
    const { recordVersion = RECORD_VERSION, ...value } = JSON.parse(text) as Record<string, unknown>;
    if (String(recordVersion) !== RECORD_VERSION) throw newerRecord(String(recordVersion), logger);
    return value;
  };
  return {
    async put(key, value, ttlMs) {
      await commands.write(
        'set',
        at(key),
        JSON.stringify({ recordVersion: Number(RECORD_VERSION), ...value }),
        'PX',
        ttlMs,
      );
    },
    async read(...names) {
      return ((await commands.call('mget', ...names.map(at))) as (string | null)[]).map(parsed);
    },
    async take(key) {
      try {
        return parsed((await commands.run(TAKE, [at(key)], [])) as string | null);
      } catch (error) {
        throw noteNewerRecord(error, logger);
      }
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
