import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import type { RedisStorageOptions } from '../../../src/sessions/redis/index.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session } from '../../contract/subject.js';
import { eventually } from '../../helpers/eventually.js';
import { type RedisServer, startRedis } from '../../helpers/redis.js';
import { type RedisCluster, startRedisCluster } from '../../helpers/redis-cluster.js';

const INDEX = 'mcp-calc:sessions';
const IDS = Array.from({ length: 30 }, (_, i) => `s-${i}`);

describe.each(['one Redis', 'a cluster'])('Sessions that expire in %s', (kind) => {
  let server: RedisServer | undefined;
  let cluster: RedisCluster | undefined;
  const target = (): Pick<RedisStorageOptions, 'url' | 'cluster'> =>
    cluster ? { url: cluster.url, cluster: true } : { url: String(server?.url) };
  beforeAll(async () => {
    if (kind === 'a cluster') cluster = await startRedisCluster();
    else server = await startRedis();
  });
  afterAll(async () => {
    await server?.stop();
    await cluster?.stop();
  });

  it('are told once, by one node or the other, when they are gone and not before', async () => {
    const told: string[] = [];
    const onExpired = (id: string) => void told.push(id);
    const nodes = await Promise.all(
      [1, 2].map(() => openRedisStorage({ ...DEFAULTS, ...target(), ttlMs: 500, onExpired })),
    );
    const [one, other] = nodes as [Storage, Storage];
    await Promise.all(IDS.map((id) => one.sessions.create(session(id))));
    const renewals = setInterval(() => void other.sessions.renew('s-0'), 50);
    await eventually(() => expect(told.length).toBe(IDS.length - 1));
    expect(told).not.toContain('s-0');
    clearInterval(renewals);
    await eventually(() => expect(told.length).toBe(IDS.length));
    expect([...told].sort()).toEqual([...IDS].sort());
    for (const node of nodes) await node.close();
  });

  it('are left to the nodes that tell: who only counts, ends one, or opens another takes nothing from them', async () => {
    const silent = await openRedisStorage({ ...DEFAULTS, ...target(), ttlMs: 300 });
    await silent.sessions.create(session('gone'));
    await eventually(async () => expect(await silent.sessions.count()).toBe(0));
    await silent.sessions.create(session('other'));
    expect(await silent.sessions.end('gone')).toBe(false);
    const told: string[] = [];
    const node = await openRedisStorage({
      ...DEFAULTS,
      ...target(),
      ttlMs: 300,
      onExpired: (id) => void told.push(id),
    });
    await eventually(() => expect(told.sort()).toEqual(['gone', 'other']));
    await Promise.all([silent.close(), node.close()]);
  });
});

it('a session of a cluster whose use was not noted in the index is not told to have expired', async () => {
  const cluster = await startRedisCluster();
  // The one of the three that has the index.
  const ask = (name: string, ...args: (string | number)[]) =>
    Promise.any(cluster.servers.map((server) => server.command(name, ...args)));
  const told: string[] = [];
  const onExpired = (id: string) => void told.push(id);
  const options = { ...DEFAULTS, url: cluster.url, cluster: true, onExpired };
  const long = await openRedisStorage({ ...options, ttlMs: 60_000, onExpired: undefined });
  await long.sessions.create(session('alive'));
  await ask('zadd', INDEX, 1, 'alive');
  const brief = await openRedisStorage({ ...options, ttlMs: 100 });
  await eventually(async () => expect(Number(await ask('zscore', INDEX, 'alive'))).toBeGreaterThan(1));
  expect(told).toEqual([]);
  await Promise.all([long.close(), brief.close()]);
  await cluster.stop();
});
