import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { InstalledExample, RunningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import { listen } from '../helpers/listen.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { KNOWS_TASKS, taskClient } from '../helpers/task-client.js';

/** A number of steps that takes a second or more, and what has to come out. */
const SOME = { upTo: 300_000, count: 25_997 };
const MANY = { upTo: 400_000, count: 33_860 };
/** More than these tests wait for. */
const ENDLESS = { upTo: 100_000_000 };
const LOCK_MS = 1_000;
const LIMIT_MS = 20_000;

interface Status {
  readonly jobId: string;
  readonly status: string;
  readonly done: number;
  readonly count?: number;
}

let example: InstalledExample;
let redis: RedisServer;
let env: Record<string, string>;
/** Two servers, of which any may answer. */
let servers: RunningScript[];
let worker: RunningScript;
let here: string;
let there: string;
let client: Client;

beforeAll(async () => {
  [example, redis] = await Promise.all([installExample('tasks'), startRedis()]);
  env = { PORT: '0', REDIS_URL: redis.url, LOCK_MS: String(LOCK_MS), PAUSE_MS: '20' };
  servers = [example.start('start', env), example.start('start', env)];
  worker = await startWorker();
  [here = '', there = ''] = await Promise.all(
    servers.map(async (server) => (await server.said(/(http:\S+\/mcp)/))[1] ?? ''),
  );
  client = new Client({ name: 'older', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(here)) as Transport);
}, INSTALL_LIMIT_MS);

afterAll(async () => {
  await client.close();
  await example.remove();
  await redis.stop();
});

async function startWorker(more: Record<string, string> = {}): Promise<RunningScript> {
  const started = example.start('worker', { ...env, ...more });
  await started.said(/is ready$/);
  return started;
}

const call = async (name: string, args: Record<string, unknown>): Promise<Status> =>
  (await client.callTool({ name, arguments: args })).structuredContent as unknown as Status;
const submit = async (upTo: number) => (await call('submit_job', { upTo })).jobId;
const isGoingOn = (jobId: string, beyond = 0) =>
  eventually(async () => {
    const now = await call('job_status', { jobId });
    expect(now.status).toBe('working');
    expect(now.done).toBeGreaterThan(beyond);
    return now;
  }, LIMIT_MS);

describe('a client without tasks', () => {
  test('submits, follows the progress and gets the result, at the other server', async () => {
    const submitted = await client.callTool({ name: 'submit_job', arguments: { upTo: SOME.upTo } });
    const { jobId } = submitted.structuredContent as unknown as Status;
    const uri = `task://status/${jobId}`;
    expect(submitted.content).toContainEqual(expect.objectContaining({ type: 'resource_link', uri }));
    const progress: number[] = [];
    const other = new Client({ name: 'older', version: '1' });
    await other.connect(new StreamableHTTPClientTransport(new URL(there)) as Transport);
    const args = { jobId, waitSeconds: 20 };
    const { structuredContent } = await other.callTool({ name: 'job_result', arguments: args }, undefined, {
      onprogress: ({ progress: done }) => void progress.push(done),
    });
    expect(structuredContent).toMatchObject({ jobId, status: 'completed', ...SOME });
    expect(progress.length).toBeGreaterThan(0);
    const { contents } = await other.readResource({ uri });
    expect(JSON.parse((contents[0] as { text: string }).text)).toEqual(structuredContent);
    await other.close();
  });

  test('cancels a job in work, and one that waits', async () => {
    const [working, waiting] = [await submit(ENDLESS.upTo), await submit(ENDLESS.upTo)];
    await isGoingOn(working);
    expect(await call('job_status', { jobId: waiting })).toMatchObject({ status: 'queued', done: 0 });
    for (const jobId of [waiting, working]) {
      expect(await call('cancel_job', { jobId })).toMatchObject({ status: 'cancelled' });
      const result = await client.callTool({ name: 'job_result', arguments: { jobId, waitSeconds: 5 } });
      expect(result).toMatchObject({ isError: true, content: [{ text: 'The job was cancelled' }] });
    }
    // The worker is free for the next.
    const jobId = await submit(10);
    expect(await call('job_result', { jobId, waitSeconds: 20 })).toMatchObject({ count: 4 });
  });

  test('hears of a job that is not there', async () => {
    const gone = await client.callTool({ name: 'job_status', arguments: { jobId: 'none' } });
    expect(gone).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('no job none') as string }],
    });
    await expect(client.readResource({ uri: 'task://status/none' })).rejects.toThrow(/not found/);
  });
});

describe('a client with tasks', () => {
  const begin = (upTo: number) => taskClient(here).begin('submit_job', { arguments: { upTo } });

  test('has a task that the worker reports and ends, seen and heard at the other server', async () => {
    const { taskId } = await begin(SOME.upTo);
    const { heard, close } = await listen(there, { taskIds: [taskId] }, KNOWS_TASKS);
    const ended = await taskClient(there).end(taskId, there, LIMIT_MS);
    expect(ended).toMatchObject({ status: 'completed', result: { structuredContent: { ...SOME, jobId: taskId } } });
    const messages = () => heard.map(({ params }) => String(params?.statusMessage));
    await eventually(() => expect(messages()).toContainEqual(expect.stringMatching(/^\d+0000 of 300000$/)));
    await eventually(() => expect(heard.at(-1)?.params).toMatchObject({ taskId, status: 'completed' }));
    close();
    // The other way to look at it.
    expect(await call('job_result', { jobId: taskId })).toMatchObject(SOME);
  });

  test('cancels it, and the worker stops', async () => {
    const { taskId } = await begin(ENDLESS.upTo);
    await isGoingOn(taskId);
    await taskClient(there).cancel(taskId);
    expect(await taskClient(here).get(taskId)).toMatchObject({ status: 'cancelled' });
    const jobId = await submit(10);
    expect(await call('job_result', { jobId, waitSeconds: 20 })).toMatchObject({ count: 4 });
    expect(await call('job_status', { jobId: taskId })).toMatchObject({ status: 'cancelled' });
  });
});

describe('nothing is lost', { timeout: 60_000 }, () => {
  test('of workers that are killed: others go on from their last step', async () => {
    const two = [worker, await startWorker()];
    const { taskId } = await taskClient(here).begin('submit_job', { arguments: { upTo: MANY.upTo } });
    const jobId = await submit(MANY.upTo);
    const jobs = [taskId, jobId];
    await Promise.all(jobs.map((id) => isGoingOn(id, 50_000)));
    await Promise.all(two.map((each) => each.stop('SIGKILL')));
    const left = await Promise.all(jobs.map(async (id) => (await call('job_status', { jobId: id })).done));
    worker = await startWorker();
    await worker.said(new RegExp(`^Job (${jobs.join('|')}) goes on from (${left.join('|')})$`));
    const ended = await taskClient(there).end(taskId, there, LIMIT_MS);
    expect(ended).toMatchObject({ status: 'completed', result: { structuredContent: MANY } });
    expect(await call('job_result', { jobId, waitSeconds: 30 })).toMatchObject({ status: 'completed', ...MANY });
    expect(Math.min(...left)).toBeGreaterThan(50_000);
  });

  test('of a server that is killed: the task is there at the other', async () => {
    const { taskId } = await taskClient(there).begin('submit_job', { arguments: { upTo: SOME.upTo } });
    await isGoingOn(taskId);
    await servers[1]?.stop('SIGKILL');
    expect(await taskClient(here).end(taskId, here, LIMIT_MS)).toMatchObject({
      status: 'completed',
      result: { structuredContent: SOME },
    });
  });

  test('but a job that kills its workers is failed, and its task', async () => {
    await worker.stop('SIGKILL');
    const frail = await startWorker({ MAX_DEATHS: '0' });
    const { taskId } = await taskClient(here).begin('submit_job', { arguments: ENDLESS });
    await isGoingOn(taskId);
    await frail.stop('SIGKILL');
    await startWorker({ MAX_DEATHS: '0' });
    const failed = { status: 'failed', error: { message: expect.stringContaining('stalled') as string } };
    expect(await taskClient(here).end(taskId, here, LIMIT_MS)).toMatchObject(failed);
    expect(await call('job_status', { jobId: taskId })).toMatchObject({ status: 'failed' });
  });
});
