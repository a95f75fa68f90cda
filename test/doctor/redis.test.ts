import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RedisServer } from '../helpers/redis.js';
import { freePort, startRedis } from '../helpers/redis.js';
import { findings, report } from './machine.js';

const PASSWORD = 'hunter2';
let redis: RedisServer;
let locked: RedisServer;

beforeAll(async () => {
  [redis, locked] = await Promise.all([
    startRedis(),
    startRedis({ args: ['--requirepass', PASSWORD], client: { password: PASSWORD } }),
  ]);
});

afterAll(() => Promise.all([redis.stop(), locked.stop()]));

async function configured(name: string, value: string): Promise<void> {
  const before = (await redis.command('config', 'get', name)) as string[];
  await redis.command('config', 'set', name, value);
  onTestFinished(async () => void (await redis.command('config', 'set', name, before[1] ?? '')));
}

const examine = () => findings('redis', { redis: redis.url });

describe('a Redis that is named', () => {
  it('is described: version, latency, eviction, persistence', async () => {
    await configured('appendonly', 'yes');
    expect(await examine()).toEqual([
      expect.stringMatching(new RegExp(`^ok: (Redis|Valkey) \\d+\\.\\d+\\.\\d+ at ${redis.url}$`)),
      expect.stringMatching(/^ok: latency [\d.]+ ms$/),
      'ok: eviction policy noeviction',
      'ok: persistence: append-only file',
    ]);
  });

  it('that may throw sessions away is a warning', async () => {
    await configured('maxmemory-policy', 'allkeys-lru');
    expect(await examine()).toContain(
      'warning: eviction policy allkeys-lru: live sessions are thrown away once maxmemory is set',
    );
    await configured('maxmemory', '100mb');
    expect(await examine()).toContain(
      'warning: eviction policy allkeys-lru: live sessions are thrown away when its memory is full',
    );
  });

  it('that keeps nothing over a restart is a warning; snapshots are enough', async () => {
    expect(await examine()).toContainEqual(expect.stringMatching(/^warning: no persistence/));
    await configured('save', '3600 1');
    expect(await examine()).toContainEqual(expect.stringMatching(/^ok: persistence: snapshots/));
  });

  it('that is a replica is a failure', async () => {
    await redis.command('replicaof', '127.0.0.1', await freePort());
    onTestFinished(async () => void (await redis.command('replicaof', 'no', 'one')));
    expect(await examine()).toContainEqual(expect.stringMatching(/^failure: it is a replica/));
  });

  it('that is no cluster, though it is said to be one, is a failure', async () => {
    const found = await findings('redis', { redis: redis.url, env: { REDIS_CLUSTER: 'true' } });
    expect(found.at(-1)).toMatch(/^failure: /);
  });

  it('that is a cluster, though nobody says so, is a failure', async () => {
    const cluster = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    onTestFinished(() => cluster.stop());
    const { findings: found } = await report('redis', { redis: cluster.url });
    expect(found[0]?.message).toMatch(/, a cluster$/);
    expect(found[1]).toMatchObject({ level: 'failure', fix: expect.stringContaining('--redis-cluster') });
  });

  it.each([
    ['without its password', () => locked.url, 'it wants a password'],
    ['with a wrong password', () => locked.url.replace('//', '//:wrong@'), 'WRONGPASS'],
  ])('%s is a failure that shows no password', async (_what, url, reason) => {
    const { findings: found } = await report('redis', { redis: url() });
    expect(found).toEqual([
      { level: 'failure', message: expect.stringContaining(reason), fix: expect.stringContaining('REDIS_PASSWORD') },
    ]);
    expect(found[0]?.message).not.toContain('wrong@');
  });

  it('with its password from a variable is used', async () => {
    const env = { USE_REDIS: 'true', REDIS_PORT: String(locked.port), REDIS_PASSWORD: PASSWORD };
    const found = await findings('redis', { env });
    expect(found[0]).toMatch(/^ok: /);
    expect(JSON.stringify(found)).not.toContain(PASSWORD);
  });

  it('that nobody serves is a failure at once', async () => {
    const { findings: found, ms } = await report('redis', { redis: `redis://127.0.0.1:${await freePort()}` });
    expect(found).toEqual([
      {
        level: 'failure',
        message: expect.stringContaining('ECONNREFUSED'),
        fix: expect.stringContaining('redis-server'),
      },
    ]);
    expect(ms).toBeLessThan(2_000);
  });

  it('that accepts and says nothing is a failure within seconds', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const { findings: found, ms } = await report('redis', { redis: `redis://127.0.0.1:${port}` });
    expect(found[0]).toMatchObject({ level: 'failure' });
    expect(ms).toBeLessThan(4_500);
  });

  it('by an address that is none is a failure with an example', async () => {
    expect(await findings('redis', { redis: 'localhost' })).toEqual([
      expect.stringMatching(/^failure: --redis .* is wrong: it must be a URL/),
    ]);
  });
});

it('variables that name a Redis but turn none on are pointed out', async () => {
  const env = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) };
  const found = await findings('redis', { env });
  expect(found.at(-1)).toBe('info: REDIS_HOST alone turns nothing on');
  expect(await findings('redis', { env: { ...env, USE_REDIS: 'yes' } })).not.toContain(found.at(-1));
  expect(await findings('redis', { env: { REDIS_URL: redis.url } })).not.toContainEqual(
    expect.stringContaining('turns nothing on'),
  );
});

describe('the clock', () => {
  const off = (ms: number) => ({ redis: redis.url, now: () => Date.now() + ms });

  it('that agrees with Redis is well', async () => {
    expect(await findings('clock', off(0))).toEqual(['ok: agrees with Redis']);
  });

  it.each([
    [60_000, 'this clock is 60 s ahead of Redis'],
    [-90_000, 'this clock is 90 s behind Redis'],
  ])('that is off by %d ms is a warning', async (ms, message) => {
    expect(await findings('clock', off(ms))).toEqual([expect.stringContaining(`warning: ${message}`)]);
  });
});
