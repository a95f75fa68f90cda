import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NODE_LEASE_MS } from '../../src/sessions/limits.js';
import { eventually } from '../helpers/eventually.js';
import { listen } from '../helpers/listen.js';
import type { SpawnedNodes } from '../helpers/nodes.js';
import { spawnNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { accept, KNOWS_TASKS, taskClient } from '../helpers/task-client.js';
import { LONG, REST_MS } from './duration.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/tasks.js', import.meta.url));
const CLIENTS = 10;
const KILLS = LONG ? 12 : 1;
const KILL_EVERY_MS = 1_500;
/** How soon after its node's death a task has failed for who looks, and for who listens: the lease, and a look at it, ms. */
const NOTICED_MS = NODE_LEASE_MS + 4_000;
/** The longest that a task of this test may take to its end, ms: its work, and its node's death. */
const TASK_MS = NOTICED_MS + 5_000;

let redis: RedisServer;
let nodes: SpawnedNodes;

beforeAll(async () => {
  redis = await startRedis();
  nodes = await spawnNodes(redis.url, ['--server', FIXTURE]);
});

afterAll(async () => {
  await nodes.stop();
  await redis.stop();
});

let turn = 0;
const next = () => {
  const up = nodes.origins();
  return `${up[((turn += 1)) % up.length]}/mcp`;
};
/** Any node may be killed under a request: then another is asked. */
const again = <T>(ask: (url: string) => Promise<T>) => eventually(() => ask(next()), TASK_MS);

test('a node that is killed has failed its tasks, for who looks and for who listens', async () => {
  const [here, , dying] = nodes.origins().map((origin) => `${origin}/mcp`) as [string, string, string];
  const client = taskClient(here);
  const { taskId } = await taskClient(dying).begin('work');
  const waiting = await taskClient(dying).begin('ask');
  const safe = await client.begin('work');
  const taskIds = [taskId, waiting.taskId, safe.taskId];
  const { heard, close } = await listen(here, { taskIds }, KNOWS_TASKS);
  await client.until(waiting.taskId, ['input_required']);
  const killed = performance.now();
  await nodes.replace(2, 'SIGKILL');
  const failed = () => [
    ...new Set(heard.filter(({ params }) => params?.status === 'failed').map(({ params }) => params?.taskId)),
  ];
  await eventually(() => expect(failed().sort()).toEqual([taskId, waiting.taskId].sort()), NOTICED_MS);
  expect(performance.now() - killed).toBeLessThan(NOTICED_MS);
  for (const id of [taskId, waiting.taskId]) {
    const found = await client.get(id);
    expect(found).toMatchObject({ status: 'failed', error: { code: -32603 } });
    expect(found.statusMessage).toContain('died');
  }
  expect(await client.get(safe.taskId)).toMatchObject({ status: 'working' });
  await client.cancel(safe.taskId);
  close();
});

test(
  'under kill -9, every task that a client has the id of comes to an end, of its own or with the reason',
  async () => {
    const ends: Record<string, number> = {};
    let kills = 0;
    const run = async (index: number) => {
      for (let count = 0; kills < KILLS; count += 1) {
        const asks = (index + count) % 2 === 0;
        const begun = await taskClient(next())
          .begin(asks ? 'ask' : 'short')
          .catch(() => undefined);
        // The node was killed before it had told of the task.
        if (!begun) continue;
        const { taskId } = begun;
        if (asks) {
          const { status } = await again((url) =>
            taskClient(url).until(taskId, ['input_required', 'failed'], url, 100),
          );
          if (status === 'input_required')
            await again((url) => taskClient(url).answer(taskId, { question: accept('this') }));
        }
        const { status, statusMessage = '', result } = await again((url) => taskClient(url).end(taskId, url, 100));
        if (status === 'failed') expect(statusMessage).toContain('died');
        else expect(result?.content[0]?.text).toBe(asks ? 'this' : 'done');
        ends[status] = (ends[status] ?? 0) + 1;
      }
    };
    const load = Array.from({ length: CLIENTS }, (_, index) => run(index));
    for (; kills < KILLS; kills += 1) {
      await delay(KILL_EVERY_MS);
      await nodes.replace(kills % 3, 'SIGKILL');
    }
    await Promise.all(load);
    expect(ends.completed).toBeGreaterThan(CLIENTS);
    expect(Object.keys(ends).filter((status) => status !== 'completed' && status !== 'failed')).toEqual([]);
    // One kill may meet no task.
    if (LONG) expect(ends.failed).toBeGreaterThan(0);
  },
  KILLS * (KILL_EVERY_MS + 5_000) + REST_MS,
);
