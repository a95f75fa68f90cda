import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryCounter } from '../../../src/http/middleware/memory-counter.js';
import { redisCounter } from '../../../src/http/middleware/redis-counter.js';
import { startRedis } from '../../helpers/redis.js';
import type { RedisServer } from '../../helpers/redis.js';
import { echo, startHost } from '../host.js';

const WINDOW = { max: 2, windowMs: 60_000 };

async function statuses(url: string, count: number, headers: Record<string, string> = {}): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) found.push((await fetch(`${url}/echo`, { headers })).status);
  return found;
}

describe('the rate limit', () => {
  it('answers what is over it with a JSON-RPC 429, Retry-After and the standard headers', async () => {
    const host = await startHost({ rateLimit: WINDOW });
    const first = await fetch(`${host.url}/echo`);
    expect([first.status, first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining')]).toEqual([200, '2', '1']);
    await statuses(host.url, 1);
    const refused = await fetch(`${host.url}/echo`, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(refused.headers.get('ratelimit-policy')).toBe('2;w=60');
    expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32000 }, id: null });
    expect(await host.line({ status: 429 })).toMatchObject({ outcome: 'rate_limit' });
  });

  it('counts again when the window is over', async () => {
    const { url } = await startHost({ rateLimit: { max: 1, windowMs: 300 } });
    expect(await statuses(url, 2)).toEqual([200, 429]);
    const until = Date.now() + 2_000;
    let last = 429;
    while (last === 429 && Date.now() < until) [last = 0] = await statuses(url, 1);
    expect(last).toBe(200);
  });

  it('counts each address for itself, behind a trusted proxy only', async () => {
    const behind = await startHost({ rateLimit: WINDOW, trustProxy: 'loopback' });
    for (const address of ['203.0.113.1', '203.0.113.2', '2001:db8:1::1', '2001:db8:2::1']) {
      expect(await statuses(behind.url, 3, { 'X-Forwarded-For': address }), address).toEqual([200, 200, 429]);
    }
    // An IPv6 client owns its whole subnet.
    expect(await statuses(behind.url, 1, { 'X-Forwarded-For': '2001:db8:1::2' })).toEqual([429]);
    const direct = await startHost({ rateLimit: WINDOW });
    expect(await statuses(direct.url, 2, { 'X-Forwarded-For': '203.0.113.1' })).toEqual([200, 200]);
    expect(await statuses(direct.url, 1, { 'X-Forwarded-For': '203.0.113.2' })).toEqual([429]);
  });

  it('counts who signed in as well, from whatever address', async () => {
    const host = await startHost({
      routes: [{ ...echo, secured: true }],
      trustProxy: 'loopback',
      rateLimit: { ...WINDOW, subjectOf: (req) => req.auth?.extra?.sub as string },
      authenticate: async (req) => {
        req.auth = { token: 't', clientId: 'c', scopes: [], extra: { sub: req.headers['x-user'] } };
        return true;
      },
    });
    const as = async (user: string, address: string) =>
      (await statuses(host.url, 1, { 'X-User': user, 'X-Forwarded-For': address }))[0];
    expect(await as('ann', '203.0.113.1')).toBe(200);
    expect(await as('ann', '203.0.113.2')).toBe(200);
    expect(await as('ann', '203.0.113.3')).toBe(429);
    expect(await as('bob', '203.0.113.3')).toBe(200);
  });

  it('leaves probes alone', async () => {
    const { url } = await startHost({ routes: [{ ...echo, probe: true }], rateLimit: { max: 1, windowMs: 60_000 } });
    expect(await statuses(url, 3)).toEqual([200, 200, 200]);
  });

  it('forgets the oldest key rather than grow without a bound', async () => {
    const counter = memoryCounter();
    await counter.increment('first');
    for (let i = 0; i < 100_000; i += 1) void counter.increment(`key ${i}`);
    expect(await counter.get?.('first')).toBeUndefined();
    expect((await counter.get?.('key 99999'))?.totalHits).toBe(1);
  });
});

describe('the rate limit in Redis', () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { enableOfflineQueue: false, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    redis.on('error', () => {});
    await redis.connect();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const createStore = (prefix: string) => redisCounter(redis, prefix);

  it('is one for all nodes', async () => {
    const [one, other] = [await startHost({ rateLimit: { ...WINDOW, createStore } }), await startHost({ rateLimit: { ...WINDOW, createStore } })];
    expect(await statuses(one.url, 1)).toEqual([200]);
    expect(await statuses(other.url, 2)).toEqual([200, 429]);
    expect(await statuses(one.url, 1)).toEqual([429]);
    expect(await redis.keys('*')).toEqual(['mcp-calc:rate:address:127.0.0.1']);
    expect(await redis.pttl('mcp-calc:rate:address:127.0.0.1')).toBeGreaterThan(0);
  });

  it('lets requests pass while Redis is away or hangs, says so, and counts again when it is back', async () => {
    await redis.flushall();
    server.pause();
    const host = await startHost({ rateLimit: { max: 1, windowMs: 60_000, createStore } });
    expect(await statuses(host.url, 2)).toEqual([200, 200]);
    expect(await host.line({ level: 'error' })).toMatchObject({ message: expect.stringContaining('lets requests pass') });

    const closed = told(redis, 'close');
    await server.kill();
    await closed;
    expect(await statuses(host.url, 2)).toEqual([200, 200]);

    const ready = told(redis, 'ready');
    await server.restart();
    await ready;
    expect(await statuses(host.url, 2)).toEqual([200, 429]);
  });
});

/** Unlike `once`, indifferent to the errors on the way there. */
function told(client: Redis, event: string): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}
