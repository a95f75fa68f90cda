import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkOf } from '../../../src/http/middleware/rate-limit.js';
import type { Storage } from '../../../src/sessions/contract.js';
import { memoryCounter } from '../../../src/sessions/memory/counter.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, until } from '../../contract/subject.js';
import { startRedis } from '../../helpers/redis.js';
import type { RedisServer } from '../../helpers/redis.js';
import { echo, startHost } from '../host.js';

const WINDOW = { max: 2, windowMs: 60_000 };
const inMemory = (window = WINDOW) => ({ ...window, count: memoryCounter() });

async function statuses(url: string, count: number, headers: Record<string, string> = {}): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) found.push((await fetch(`${url}/echo`, { headers })).status);
  return found;
}

describe('the rate limit', () => {
  it('answers what is over it with a JSON-RPC 429, Retry-After and the standard headers', async () => {
    const host = await startHost({ rateLimit: inMemory() });
    const first = await fetch(`${host.url}/echo`);
    expect([first.status, first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining')]).toEqual([
      200,
      '2',
      '1',
    ]);
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
    const { url } = await startHost({ rateLimit: inMemory({ max: 1, windowMs: 300 }) });
    expect(await statuses(url, 2)).toEqual([200, 429]);
    const until = Date.now() + 2_000;
    let last = 429;
    while (last === 429 && Date.now() < until) [last = 0] = await statuses(url, 1);
    expect(last).toBe(200);
  });

  it('counts each address for itself, behind a trusted proxy only', async () => {
    const behind = await startHost({ rateLimit: inMemory(), trustProxy: 'loopback' });
    for (const address of ['203.0.113.1', '203.0.113.2', '2001:db8:1::1', '2001:db8:2::1']) {
      expect(await statuses(behind.url, 3, { 'X-Forwarded-For': address }), address).toEqual([200, 200, 429]);
    }
    // An IPv6 client owns its whole subnet.
    expect(await statuses(behind.url, 1, { 'X-Forwarded-For': '2001:db8:1::2' })).toEqual([429]);
    const direct = await startHost({ rateLimit: inMemory() });
    expect(await statuses(direct.url, 2, { 'X-Forwarded-For': '203.0.113.1' })).toEqual([200, 200]);
    expect(await statuses(direct.url, 1, { 'X-Forwarded-For': '203.0.113.2' })).toEqual([429]);
  });

  it('counts who signed in as well, from whatever address', async () => {
    const host = await startHost({
      routes: [{ ...echo, secured: true }],
      trustProxy: 'loopback',
      rateLimit: { ...inMemory(), subjectOf: (req) => req.auth?.extra?.sub as string },
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
    const { url } = await startHost({
      routes: [{ ...echo, probe: true }],
      rateLimit: inMemory({ max: 1, windowMs: 60_000 }),
    });
    expect(await statuses(url, 3)).toEqual([200, 200, 200]);
  });

  it.each([
    ['203.0.113.1', '203.0.113.1'],
    ['2001:db8:1:22ff::1', '2001:db8:1:2200::/56'],
    ['2001:DB8:1:2200:0:0:0:9', '2001:db8:1:2200::/56'],
    ['2001:db8:1:2100::', '2001:db8:1:2100::/56'],
    ['::1', '::/56'],
    ['fe80::1:2:3:4%eth0', 'fe80::/56'],
    ['::ffff:cb00:7101', '203.0.113.1'],
    ['::FFFF:203.0.113.1', '203.0.113.1'],
    ['64:ff9b::203.0.113.1', '64:ff9b::/56'],
    ['', ''],
  ])('counts %s as %s', (address, network) => expect(networkOf(address)).toBe(network));
});

describe('the rate limit in Redis', () => {
  let server: RedisServer;
  let nodes: Storage[];

  beforeAll(async () => {
    server = await startRedis();
    nodes = await Promise.all([
      openRedisStorage({ ...DEFAULTS, url: server.url }),
      openRedisStorage({ ...DEFAULTS, url: server.url }),
    ]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await server.stop();
  });

  const start = (node = 0, window = WINDOW) =>
    startHost({ rateLimit: { ...window, count: (nodes[node] as Storage).count } });

  it('is one for all nodes', async () => {
    const [one, other] = [await start(0), await start(1)];
    expect(await statuses(one.url, 1)).toEqual([200]);
    expect(await statuses(other.url, 2)).toEqual([200, 429]);
    expect(await statuses(one.url, 1)).toEqual([429]);
    expect(await server.command('keys', '*rate*')).toEqual(['mcp-calc:mcp-calc:rate:address:127.0.0.1']);
    expect(await server.command('pttl', 'mcp-calc:mcp-calc:rate:address:127.0.0.1')).toBeGreaterThan(0);
  });

  it('lets requests pass while Redis is away or hangs, says so, and counts again when it is back', async () => {
    await server.flush();
    const ready = () => nodes[0]?.status() === 'ready';
    server.pause();
    const host = await start(0, { max: 1, windowMs: 60_000 });
    const begun = performance.now();
    expect(await statuses(host.url, 2)).toEqual([200, 200]);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await host.line({ level: 'error' })).toMatchObject({
      message: expect.stringContaining('lets requests pass'),
    });

    await server.kill();
    await until(() => !ready());
    expect(await statuses(host.url, 2)).toEqual([200, 200]);

    await server.restart();
    await until(ready);
    expect(await statuses(host.url, 2)).toEqual([200, 429]);
  });
});
