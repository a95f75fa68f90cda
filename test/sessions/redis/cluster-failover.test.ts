import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session, until } from '../../contract/subject.js';
import { eventually } from '../../helpers/eventually.js';
import type { RedisServer } from '../../helpers/redis.js';
import { type RedisCluster, startRedisCluster } from '../../helpers/redis-cluster.js';

/** How long the servers may take to agree on a new master, and we to follow, ms. */
const FAILOVER_MS = 15_000;
/** Enough that each of the three shards has some. */
const SESSIONS = Array.from({ length: 30 }, (_, i) => `s-${i}`);

describe('A failover inside a Redis Cluster', () => {
  let cluster: RedisCluster;
  let nodes: Storage[];
  let masters: RedisServer[];
  let replicas: RedisServer[];

  beforeAll(async () => {
    cluster = await startRedisCluster({ replicas: true });
    masters = cluster.servers.slice(0, 3);
    replicas = cluster.servers.slice(3);
  }, 60_000);
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    const open = () => openRedisStorage({ ...DEFAULTS, url: cluster.url, cluster: true });
    // So many that some listen to each of the servers.
    nodes = await Promise.all(Array.from({ length: 6 }, open));
  });
  afterEach(async () => {
    const [first] = nodes;
    for (const id of SESSIONS) await first?.sessions.end(id);
    await Promise.all(nodes.map((node) => node.close()));
  });

  /** Sessions on all shards, followed on all nodes; the failover; and whether all that is told and kept is there. */
  const survives = async (failOver: () => Promise<unknown>) => {
    const [here] = nodes as [Storage];
    const woken = new Map<string, number>();
    const told: string[] = [];
    for (const id of SESSIONS) {
      await here.sessions.create(session(id));
      await here.sessions.appendHistory(id, { id: '1' });
    }
    for (const [i, node] of nodes.entries()) {
      node.bus.onMessage(({ kind }) => void (kind.startsWith('change') || told.push(`${kind} ${i}`)));
      for (const id of SESSIONS) {
        const key = `${id} ${i}`;
        await node.events.follow(id, 'x', () => woken.set(key, (woken.get(key) ?? 0) + 1));
      }
    }
    await failOver();
    await eventually(
      () => Promise.all(nodes.flatMap((node) => SESSIONS.map((id) => node.sessions.renew(id)))),
      FAILOVER_MS,
    );
    await eventually(() => expect(nodes.map((node) => node.status())).toEqual(nodes.map(() => 'ready')), FAILOVER_MS);
    for (const id of SESSIONS) expect(await here.sessions.appendHistory(id, { id: '2' }), id).toBe(2);

    woken.clear();
    for (const id of SESSIONS) await here.events.append({ sessionId: id, streamId: 'x', messages: ['{}'] });
    await until(() => woken.size === nodes.length * SESSIONS.length);
    expect(woken.size).toBe(nodes.length * SESSIONS.length);
    for (const node of nodes) expect(await here.bus.send(node.bus.nodeId, { kind: 'one', sessionId: '-' })).toBe(true);
    await here.bus.tellAll({ kind: 'all', sessionId: '-' });
    await until(() => told.length === 2 * nodes.length);
    expect(told.sort()).toEqual([...nodes.keys()].flatMap((i) => [`all ${i}`, `one ${i}`]).sort());
    for (const node of nodes) expect(await here.bus.isAlive(node.bus.nodeId)).toBe(true);
    expect(await here.sessions.count()).toBe(SESSIONS.length);
  };

  it('by CLUSTER FAILOVER, with the old master living on: all is told and kept as before', async () => {
    await survives(async () => {
      await replicas[0]?.command('cluster', 'failover');
      await eventually(
        async () => expect((await replicas[0]?.command('role')) as unknown[]).toContain('master'),
        FAILOVER_MS,
      );
    });
  }, 40_000);

  it('by the death of a master: the same, once its replica has taken over', async () => {
    await survives(async () => {
      await masters[1]?.kill();
      await eventually(
        async () => expect((await replicas[1]?.command('role')) as unknown[]).toContain('master'),
        FAILOVER_MS,
      );
    });
  }, 40_000);
});
