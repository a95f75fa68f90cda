import type { RedisServer } from './redis.js';

/** What a Redis held, as plain values: by key, its type and what the type's own command writes. */
export type Dump = Record<string, { readonly type: string; readonly value: (string | number)[] }>;

const READ: Record<string, (key: string) => [string, ...(string | number)[]]> = {
  string: (key) => ['get', key],
  hash: (key) => ['hgetall', key],
  list: (key) => ['lrange', key, 0, -1],
  set: (key) => ['smembers', key],
  zset: (key) => ['zrange', key, 0, -1, 'withscores'],
  stream: (key) => ['xrange', key, '-', '+'],
};

/** Reads all of it but the leases of nodes, which live for seconds. */
export async function dump(redis: RedisServer): Promise<Dump> {
  const found: Dump = {};
  for (const key of ((await redis.command('keys', '*')) as string[]).sort()) {
    if (key.endsWith(':lease')) continue;
    const type = String(await redis.command('type', key));
    const read = READ[type];
    if (!read) throw new Error(`${key} is a ${type}`);
    const value = await redis.command(...read(key));
    const flat = Array.isArray(value) ? value : typeof value === 'object' ? Object.entries(value ?? {}) : [value];
    found[key] = { type, value: type === 'stream' ? (value as never) : (flat.flat() as string[]) };
  }
  return found;
}

/** Writes it, with a lifetime as of now for every key and every session of the index. */
export async function load(redis: RedisServer, from: Dump, ttlMs: number): Promise<void> {
  for (const [key, { type, value }] of Object.entries(from)) {
    const until = String(Date.now() + ttlMs);
    if (type === 'string') await redis.command('set', key, String(value[0]));
    else if (type === 'hash') await redis.command('hset', key, ...value);
    else if (type === 'list') await redis.command('rpush', key, ...value);
    else if (type === 'set') await redis.command('sadd', key, ...value);
    else if (type === 'zset')
      await redis.command('zadd', key, ...scored(value, key.endsWith('sessions') ? until : undefined));
    else
      for (const [id, fields] of value as unknown as [string, string[]][])
        await redis.command('xadd', key, id, ...fields);
    await redis.command('pexpire', key, ttlMs);
  }
}

/** Members and scores in the order in which ZADD takes them. */
function scored(value: readonly (string | number)[], score?: string): (string | number)[] {
  return value.flatMap((member, index) => (index % 2 === 0 ? [score ?? (value[index + 1] as string), member] : []));
}
