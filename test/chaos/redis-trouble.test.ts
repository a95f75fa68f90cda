import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { SpawnedNodes } from '../helpers/nodes.js';
import { spawnNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { LONG, REST_MS } from './duration.js';
import { LoadClient } from './load.js';

const CLIENTS = 20;
/** The longest that a request may wait for its answer, ms. */
const ANSWER_MS = 3_000;
/** How soon after Redis is back all must be well, ms. */
const RECOVERY_MS = 2_000;
const HANG_MS = LONG ? 10_000 : 4_000;
const HISTORY = 'calculator://history';

let redis: RedisServer;
let nodes: SpawnedNodes;

beforeAll(async () => {
  redis = await startRedis({ args: ['--appendonly', 'yes'] });
  nodes = await spawnNodes(redis.url, ['--sse'], 2);
});

afterAll(async () => {
  redis.resume();
  await nodes.stop();
  await redis.stop();
});

const probe = async (path: string) => {
  const started = performance.now();
  const answers = await Promise.all(nodes.origins().map((origin) => fetch(origin + path)));
  return {
    statuses: answers.map(({ status }) => status),
    bodies: await Promise.all(answers.map((answer) => answer.json())),
    ms: performance.now() - started,
  };
};
const [UP, DOWN] = [
  [200, 200],
  [503, 503],
];

/** Makes trouble under load, ends it, and looks whether all is well again in time. */
async function survive(strike: () => Promise<void>, heal: () => Promise<void>): Promise<void> {
  const [a, b] = nodes.origins().map((origin) => `${origin}/mcp`) as [string, string];
  const session = await openSession(a);
  await ask(a, session, request('resources/subscribe', { uri: HISTORY }));
  const listener = new EventReader(await fetch(a, { headers: { ...session, Accept: 'text/event-stream' } }));
  await listener.next();
  const running = new EventReader(await post(a, callOf('demo_progress', { steps: 20 }, 'running'), session));
  const { id } = (await running.next()) ?? {};
  const resumed = new EventReader(await fetch(b, { headers: { ...session, 'Last-Event-ID': String(id) } }));

  let turn = 0;
  let stopped = false;
  const clients = Array.from({ length: CLIENTS }, () => new LoadClient(() => ((turn += 1) % 2 === 0 ? a : b), 20));
  await Promise.all(clients.map((client) => client.open()));
  const load = clients.map((client) => client.run(() => stopped, listTools));
  try {
    await eventually(() => expect(Math.min(...clients.map(({ acknowledged }) => acknowledged))).toBeGreaterThan(1));

    await strike();
    await heal();
    const back = performance.now();
    await eventually(async () => expect((await probe('/readyz')).statuses).toEqual(UP), RECOVERY_MS);
    await eventually(
      async () => expect((await post(b, callOf('calculate', { a: 1, b: 1, op: 'add' }), session)).status).toBe(200),
      RECOVERY_MS,
    );
    expect(await listener.message()).toMatchObject({ method: 'notifications/resources/updated' });
    expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
    expect((await probe('/health')).bodies).toMatchObject([{ redis: 'ready' }, { redis: 'ready' }]);
    await delay(300);
  } finally {
    stopped = true;
    await Promise.all(load);
  }

  const replies = clients.flatMap((client) => client.replies);
  expect(replies.filter(({ failure }) => failure)).toEqual([]);
  expect([...new Set(replies.map(({ status }) => status))].sort()).toEqual([200, 503]);
  expect(replies.filter(({ status, headers }) => status === 503 && !headers['retry-after'])).toEqual([]);
  expect(Math.max(...replies.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS);
  for (const client of clients) {
    const count = await client.count();
    expect(count).toBeGreaterThanOrEqual(client.acknowledged);
    expect(count).toBeLessThanOrEqual(client.attempted);
    client.close();
  }
  // The call went on, and nobody took its node for dead.
  const [own, other] = await Promise.all([running.message().then(() => running.rest()), resumed.rest()]);
  for (const events of [own, other]) {
    expect(JSON.parse(String(events.filter(({ data }) => data).at(-1)?.data))).toMatchObject({
      id: 'running',
      result: {},
    });
  }
  await listener.close();
  expect(nodes.origins()).toHaveLength(2);
}

const listTools = async (client: LoadClient, id: number) =>
  void (await client.send({ body: { jsonrpc: '2.0', id, method: 'tools/list' } }));

describe('Redis in trouble, under load', () => {
  test(
    'killed: everybody is refused at once, and it is over when Redis is back with its data',
    async () => {
      const strike = async () => {
        await redis.kill();
        const killed = performance.now();
        await eventually(async () => expect((await probe('/health')).statuses).toEqual(DOWN));
        expect(performance.now() - killed).toBeLessThan(1_000);
        const [health, live] = await Promise.all([probe('/health'), probe('/livez')]);
        expect(health.bodies).toMatchObject([{ status: 'unhealthy' }, { status: 'unhealthy' }]);
        expect(live.statuses).toEqual(UP);
        expect((await probe('/readyz')).statuses).toEqual(DOWN);
        const refused = await post(`${nodes.origins()[0]}/mcp`, request('ping'), { 'Mcp-Session-Id': 'any' });
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
        expect(await refused.json()).toMatchObject({ error: { code: -32000, message: 'Session store unavailable' } });
        await delay(LONG ? 10_000 : 1_000);
      };
      await survive(strike, () => redis.restart());
    },
    HANG_MS + REST_MS,
  );

  test(
    'hanging: commands are given up within 2 s, then everybody is refused at once, and it is over when Redis goes on',
    async () => {
      const strike = async () => {
        redis.pause();
        const paused = performance.now();
        const first = await probe('/health');
        expect([first.statuses, first.ms < 2_500]).toEqual([DOWN, true]);
        const live = await probe('/livez');
        expect([live.statuses, live.ms < 500]).toEqual([UP, true]);
        const [again, ready] = await Promise.all([probe('/health'), probe('/readyz')]);
        expect([again.statuses, ready.statuses, again.ms < 500]).toEqual([DOWN, DOWN, true]);
        await delay(HANG_MS - (performance.now() - paused));
      };
      await survive(strike, async () => redis.resume());
    },
    HANG_MS + REST_MS,
  );
});
