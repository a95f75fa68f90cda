import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTasks } from '../../src/index.js';
import type { Issuer } from '../security/helpers/issuer.js';
import { startIssuer } from '../security/helpers/issuer.js';
import { eventually } from '../helpers/eventually.js';
import { listen } from '../helpers/listen.js';
import { post } from '../helpers/modern.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { accept, KNOWS_TASKS, taskClient, TASKS } from '../helpers/task-client.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/tasks.js', import.meta.url));

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const mcp = ({ origin }: SpawnedServer) => `${origin}/mcp`;
const start = (...args: string[]) => spawnServer(['http', '--server', FIXTURE, ...args]);

describe.each(['--stateful', '--stateless'])('a task of two nodes on one Redis, %s', (kind) => {
  let nodes: [SpawnedServer, SpawnedServer];
  let here: string;
  let there: string;
  let client: ReturnType<typeof taskClient>;

  beforeAll(async () => {
    nodes = await Promise.all([start(kind, '--redis', redis.url), start(kind, '--redis', redis.url)]);
    [here, there] = [mcp(nodes[0]), mcp(nodes[1])];
    client = taskClient(here);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
  });

  test('is seen by the other at once, and its end with its result or its error', async () => {
    const { taskId } = await client.begin('short');
    expect((await client.get(taskId, there)).taskId).toBe(taskId);
    const ended = await client.end(taskId, there);
    expect(ended).toMatchObject({ status: 'completed', result: { content: [{ text: 'done' }] } });
    const log = () => nodes.flatMap((node) => node.log).join('\n');
    await eventually(() => expect(log()).toMatch(new RegExp(`"task":"${taskId.slice(0, 8)}….*"task ended"`)));
    expect(log()).toMatch(new RegExp(`"rpcMethod":"tasks/get","task":"${taskId.slice(0, 8)}…"`));
    expect(log()).not.toContain(taskId);
    const broken = await client.end((await client.begin('break')).taskId, there);
    expect(broken).toMatchObject({ status: 'failed', error: { code: -32603 } });
  });

  test('is answered by way of the other, which no longer asks from then on', async () => {
    const { taskId } = await client.begin('ask');
    await client.until(taskId, ['input_required'], there);
    await client.answer(taskId, { question: accept('this') }, there);
    const ended = await client.end(taskId, there);
    expect(ended).toMatchObject({ status: 'completed', result: { content: [{ text: 'this' }] } });
  });

  test('is cancelled by way of the other, and its handler stops: the node has nothing to wait for', async () => {
    const node = await start(kind, '--redis', redis.url);
    const own = taskClient(mcp(node));
    const { taskId } = await own.begin('work');
    await eventually(async () => expect((await client.get(taskId)).statusMessage).toBe('at work'));
    await client.cancel(taskId, there);
    expect(await client.get(taskId)).toMatchObject({ status: 'cancelled', statusMessage: 'Cancelled by its client' });
    await eventually(() => expect(node.log.join()).not.toContain('"level":50'));
    const told = performance.now();
    expect(await node.stop()).toBe(0);
    expect(performance.now() - told).toBeLessThan(5_000);
  });

  test('tells who listens at the other', async () => {
    const { taskId } = await client.begin('ask');
    const { heard, close } = await listen(there, { taskIds: [taskId] }, KNOWS_TASKS);
    await eventually(() => expect(heard.at(-1)?.params?.status).toBe('input_required'));
    await client.answer(taskId, { question: accept('this') });
    await eventually(() => expect(heard.at(-1)?.params).toMatchObject({ taskId, status: 'completed' }));
    close();
  });

  test('that was handed on is reported and ended by a third process, and outlives its node', async () => {
    const node = await start(kind, '--redis', redis.url);
    const { taskId } = await taskClient(mcp(node)).begin('hand_on');
    await node.stop('SIGKILL');
    const { heard, close } = await listen(there, { taskIds: [taskId] }, KNOWS_TASKS);
    const tasks = await openTasks({ url: redis.url });
    const task = tasks.task(taskId);
    expect(await task.report('half of it')).toBe(true);
    expect(await client.get(taskId)).toMatchObject({ status: 'working', statusMessage: 'half of it' });
    await expect(task.complete({} as never)).rejects.toThrow(TypeError);
    expect(await task.complete({ content: [{ type: 'text', text: 'all of it' }] })).toBe(true);
    await tasks.close();
    expect(await client.get(taskId)).toMatchObject({
      status: 'completed',
      result: { content: [{ text: 'all of it' }] },
    });
    try {
      await eventually(() => expect(heard.at(-1)?.params).toMatchObject({ taskId, status: 'completed' }));
    } finally {
      close();
    }
  });

  test('that nobody has yet fails with the node that was handing it on', async () => {
    const node = await start(kind, '--redis', redis.url);
    const { taskId } = await taskClient(mcp(node)).begin('hand_on_slowly');
    await node.stop('SIGKILL');
    expect(await client.end(taskId, there, 10_000)).toMatchObject({ status: 'failed' });
  });

  test('has failed, with a reason, when its node stops before its end', async () => {
    const node = await start(kind, '--redis', redis.url, '--drain-timeout', '200ms');
    const { taskId } = await taskClient(mcp(node)).begin('work');
    expect(await node.stop()).toBe(0);
    const found = await client.get(taskId);
    expect(found).toMatchObject({ status: 'failed', error: { code: -32603, message: found.statusMessage } });
    expect(found.statusMessage).toContain('The server stopped');
  });
});

describe('the tasks of signed-in callers, of two nodes', () => {
  let issuer: Issuer;
  let nodes: SpawnedServer[];

  beforeAll(async () => {
    issuer = await startIssuer();
    const args = ['http', '--server', FIXTURE, '--redis', redis.url, ...issuer.args];
    nodes = await Promise.all([spawnServer(args, issuer.env), spawnServer(args, issuer.env)]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    await issuer.close();
  });

  test.each([
    ['another subject', 'bob', {}],
    ['the same subject of another issuer', 'ann', { iss: 'https://two.example' }],
  ] as const)('are unknown to %s', async (_who, subject, claims) => {
    const [here, there] = nodes.map(mcp) as [string, string];
    const ann = taskClient(here, { headers: issuer.as('ann') });
    const other = taskClient(there, { headers: issuer.as(subject, claims) });
    const { taskId } = await ann.begin('ask');
    await ann.until(taskId, ['input_required']);
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const { status, body } = await other.send(method, { taskId, inputResponses: { question: accept('stolen') } });
      expect([status, body.error?.code, body.error?.message]).toEqual([
        200,
        -32602,
        expect.stringContaining('not found'),
      ]);
    }
    const params = { notifications: { taskIds: [taskId] }, _meta: KNOWS_TASKS };
    const headers = issuer.as(subject, claims);
    expect((await post(there, 'subscriptions/listen', params, { headers })).body.result?.resultType).toBe('complete');
    await taskClient(there, { headers: issuer.as('ann') }).answer(taskId, { question: accept('her own') });
    expect(await ann.end(taskId)).toMatchObject({ result: { content: [{ text: 'her own' }] } });
  });
});

describe('nodes without a storage in common', () => {
  test.each([
    ['workers', ['--workers', '2']],
    ['nodes that share a key', ['--state-key', 'a key of thirty-two characters or more']],
  ])('advertise no tasks: %s', async (_what, args) => {
    const node = await start('--stateless', ...args);
    const { body } = await post(mcp(node), 'server/discover');
    expect(body.result?.capabilities).not.toHaveProperty('extensions');
    const { status } = await taskClient(mcp(node)).send('tasks/get', { taskId: 'x' });
    expect(status).toBe(404);
    await node.stop();
  });

  test('but those that share a Redis do', async () => {
    const node = await start('--stateless', '--workers', '2', '--redis', redis.url);
    const { body } = await post(mcp(node), 'server/discover');
    expect(body.result?.capabilities).toMatchObject({ extensions: { [TASKS]: {} } });
    const client = taskClient(mcp(node));
    for (let count = 0; count < 4; count += 1) {
      const { taskId } = await client.begin('short');
      expect(await client.end(taskId)).toMatchObject({ status: 'completed' });
    }
    await node.stop();
  });
});
