import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryAuthStore } from '../../src/auth-server/memory-store.js';
import { redisAuthStore } from '../../src/auth-server/redis-store.js';
import type { AuthStore } from '../../src/auth-server/store.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';
import { startRedis } from '../helpers/redis.js';
import type { RedisServer } from '../helpers/redis.js';

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Two nodes: stores that share their state as the implementation shares it. */
const implementations: Record<string, () => [AuthStore, AuthStore]> = {
  memory: () => {
    const store = memoryAuthStore();
    return [store, store];
  },
  redis: () => [redisAuthStore((name, ...args) => redis.call(name, ...args)), redisAuthStore((name, ...args) => redis.call(name, ...args))],
};

describe.each(Object.keys(implementations))('the authorization store in %s', (name) => {
  const nodes = () => (implementations[name] as () => [AuthStore, AuthStore])();
  const long = 60_000;

  it('reads on one node what another wrote, as a copy, and several keys in their order', async () => {
    const [one, other] = nodes();
    const value = { a: [1, { b: 'ü' }] };
    await one.put('{g}/1', value, long);
    value.a.push(2);
    await one.put('{g}/2', { second: true }, long);
    expect(await other.read('{g}/2', '{g}/none', '{g}/1')).toEqual([{ second: true }, undefined, { a: [1, { b: 'ü' }] }]);
  });

  it('replaces a value, and removes it', async () => {
    const [one, other] = nodes();
    await one.put('k', { v: 1 }, long);
    await other.put('k', { v: 2 }, long);
    expect(await one.read('k')).toEqual([{ v: 2 }]);
    await one.remove('k');
    await one.remove('k');
    expect(await other.read('k')).toEqual([undefined]);
  });

  it('gives a taken value to one of many', async () => {
    const [one, other] = nodes();
    await one.put('once', { v: 1 }, long);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).take('once')));
    expect(taken.filter((value) => value !== undefined)).toEqual([{ v: 1 }]);
  });

  it('lets one of many claim', async () => {
    const [one, other] = nodes();
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).claim('mark', long)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('forgets at the end of a lifetime, and can claim anew', async () => {
    const [one] = nodes();
    await one.put('brief', { v: 1 }, 20);
    expect(await one.claim('brief-mark', 20)).toBe(true);
    await expect.poll(() => one.read('brief')).toEqual([undefined]);
    expect(await one.take('brief')).toBeUndefined();
    await expect.poll(() => one.claim('brief-mark', long)).toBe(true);
  });

  it('renews what is there, and creates nothing', async () => {
    const [one] = nodes();
    await one.put('kept', { v: 1 }, 100);
    expect(await one.renew('kept', long)).toBe(true);
    await one.put('gone', { v: 1 }, 100);
    await expect.poll(() => one.read('gone')).toEqual([undefined]);
    expect(await one.read('kept')).toEqual([{ v: 1 }]);
    expect(await one.renew('gone', long)).toBe(false);
    expect(await one.read('gone')).toEqual([undefined]);
  });
});

describe('the authorization store in Redis', () => {
  it('writes no key without an end, and only under its prefix', async () => {
    const store = redisAuthStore((name, ...args) => redis.call(name, ...args), 'mine:');
    await redis.flushall();
    await store.put('a', {}, 60_000);
    await store.claim('b', 60_000);
    await store.renew('a', 30_000);
    const keys = (await redis.keys('*')).sort();
    expect(keys).toEqual(['mine:auth:a', 'mine:auth:b']);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});

describe('the authorization store in memory', () => {
  it('holds a bounded number of entries, and makes room as they expire', async () => {
    let time = 0;
    const store = memoryAuthStore({ entries: 10, now: () => time });
    for (let index = 0; index < 10; index += 1) await store.put(`k${index}`, {}, 1_000);
    await expect(store.put('more', {}, 1_000)).rejects.toThrow(StoreUnavailableError);
    await store.put('k0', { again: true }, 1_000);
    time = 1_001;
    await store.put('more', {}, 1_000);
    expect(await store.read('more', 'k1')).toEqual([{}, undefined]);
  });
});
