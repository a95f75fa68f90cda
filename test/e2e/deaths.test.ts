import { afterAll, beforeAll, describe, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

/** How long after a node's death whoever follows its streams may have to wait: the lease, and a look at it, ms. */
const NOTICED_MS = 4_500;
const DRAIN_DELAY_MS = 600;
const DRAIN_TIMEOUT_MS = 1_500;

let redis: RedisServer;
let survivor: SpawnedServer;
let alive: string;

const start = (...args: string[]) => spawnServer(['http', '--stateful', '--sse', '--redis', redis.url, ...args]);
const mcp = ({ origin }: SpawnedServer) => `${origin}/mcp`;
const listen = async (url: string, session: Record<string, string>, lastEventId?: string) => {
  const headers = {
    ...session,
    Accept: 'text/event-stream',
    ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
  };
  return new EventReader(await fetch(url, { headers }));
};
const messagesIn = (events: { data?: string }[]) =>
  events.filter(({ data }) => data).map(({ data }) => JSON.parse(String(data)) as Record<string, unknown>);

beforeAll(async () => {
  redis = await startRedis();
  survivor = await start();
  alive = mcp(survivor);
});

afterAll(async () => {
  await survivor.stop();
  await redis.stop();
});

describe.concurrent('a node that is killed', () => {
  test('leaves its sessions to the others, and an error answer to who resumes its stream', async ({ expect }) => {
    const node = await start();
    const session = await openSession(mcp(node), { capabilities: { elicitation: {} } });
    const calls = await Promise.all([
      post(mcp(node), callOf('demo_progress', { steps: 20 }, 'progress'), session),
      post(mcp(node), callOf('solve_math_problem', { problem: 'What is the area of a circle?' }, 'question'), session),
    ]);
    const readers = calls.map((response) => new EventReader(response));
    const [progress, question] = await Promise.all(readers.map((reader) => reader.next()));
    await readers[1]?.message();
    const killed = performance.now();
    await node.stop('SIGKILL');
    await Promise.all(readers.map((reader) => expect(reader.rest()).rejects.toThrow()));

    expect((await ask(alive, session, callOf('calculate', { a: 1, b: 1, op: 'add' }))).result).toBeDefined();
    const resumed = await Promise.all([progress, progress, question].map((event) => listen(alive, session, event?.id)));
    const rest = (await Promise.all(resumed.map((reader) => reader.rest()))).map(messagesIn);
    expect(performance.now() - killed).toBeLessThan(NOTICED_MS);
    const lost = { code: -32603, message: expect.stringContaining('died') as string };
    expect(rest.map((messages) => messages.at(-1))).toMatchObject([
      { id: 'progress', error: lost },
      { id: 'progress', error: lost },
      { id: 'question', error: lost },
    ]);
    // Several follow it, and the answer is there once.
    expect(rest.map((messages) => messages.filter(({ error }) => error).length)).toEqual([1, 1, 1]);
    const again = await listen(alive, session, progress?.id);
    expect(messagesIn(await again.rest())).toEqual(rest[0]);
  });

  test('takes its legacy connections with it: a POST to another node says so at once', async ({ expect }) => {
    const node = await start();
    const reader = new EventReader(await fetch(`${node.origin}/sse`));
    const endpoint = await reader.next();
    await node.stop('SIGKILL');
    await expect(reader.rest()).rejects.toThrow();
    expect((await post(`${survivor.origin}${endpoint?.data}`, request('ping'))).status).toBe(404);
  });
});

describe.concurrent('a node that gets SIGTERM', () => {
  test('is not ready at once, serves on for the delay, finishes what is in flight, and ends with 0', async ({
    expect,
  }) => {
    const node = await start('--drain-delay', `${DRAIN_DELAY_MS}ms`);
    const session = await openSession(mcp(node));
    const listener = await listen(mcp(node), session);
    await listener.next();
    const running = new EventReader(await post(mcp(node), callOf('demo_progress', { steps: 6 }, 'running'), session));
    await running.next();

    const told = performance.now();
    const stopped = node.stop();
    await eventually(async () => expect((await fetch(`${node.origin}/readyz`)).status).toBe(503));
    expect(performance.now() - told).toBeLessThan(DRAIN_DELAY_MS);
    const [health, live] = await Promise.all([fetch(`${node.origin}/readyz`), fetch(`${node.origin}/livez`)]);
    expect([await health.json(), live.status]).toEqual([{ status: 'draining' }, 200]);
    // A new connection is still served, and not kept.
    const late = await post(mcp(node), callOf('calculate', { a: 1, b: 1, op: 'add' }), session);
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    expect(performance.now() - told).toBeLessThan(DRAIN_DELAY_MS);

    const left = await listener.rest();
    expect(performance.now() - told).toBeGreaterThan(DRAIN_DELAY_MS - 20);
    expect(left.at(-1)?.retry).toMatch(/^\d+$/);
    await expect(fetch(`${node.origin}/livez`)).rejects.toThrow();
    expect(messagesIn(await running.rest()).at(-1)).toMatchObject({
      id: 'running',
      result: { structuredContent: { steps: 6 } },
    });
    expect(await stopped).toBe(0);
    const info = await ask(alive, session, request('resources/read', { uri: 'session://info' }));
    expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: 1 });
  });

  test('answers with an error what runs on when its time is over, to who waits and to who resumes', async ({
    expect,
  }) => {
    const node = await start('--drain-timeout', `${DRAIN_TIMEOUT_MS}ms`);
    const session = await openSession(mcp(node));
    const running = new EventReader(await post(mcp(node), callOf('demo_progress', { steps: 20 }, 'long'), session));
    const { id } = (await running.next()) ?? {};
    const resumed = await listen(alive, session, id);
    const told = performance.now();
    const stopped = node.stop();
    const rest = messagesIn(await running.rest());
    expect(rest.at(-1)).toMatchObject({
      id: 'long',
      error: { code: -32603, message: expect.stringContaining('stops') as string },
    });
    expect(performance.now() - told).toBeLessThan(DRAIN_TIMEOUT_MS + 1_000);
    expect(messagesIn(await resumed.rest())).toEqual(rest);
    expect(await stopped).toBe(0);
  });

  test('answers with an error what runs on when its time is over, without sessions too: as JSON and as a stream', async ({
    expect,
  }) => {
    const node = await spawnServer(['http', '--stateless', '--drain-timeout', `${DRAIN_TIMEOUT_MS}ms`]);
    const call = (id: string) => callOf('demo_progress', { steps: 20 }, id);
    const json = post(mcp(node), call('json'), { Accept: 'application/json' });
    const stream = new EventReader(await post(mcp(node), call('stream')));
    await stream.next();
    const told = performance.now();
    const stopped = node.stop();
    const stops = { code: -32603, message: expect.stringContaining('stops') as string };
    expect(messagesIn(await stream.rest()).at(-1)).toMatchObject({ id: 'stream', error: stops });
    expect(await (await json).json()).toMatchObject({ id: 'json', error: stops });
    expect(performance.now() - told).toBeLessThan(DRAIN_TIMEOUT_MS + 1_000);
    expect(await stopped).toBe(0);
  });

  test('waits no longer when it is told a second time', async ({ expect }) => {
    const node = await start('--drain-delay', '20s');
    const told = performance.now();
    const stopped = node.stop();
    await eventually(async () => expect((await fetch(`${node.origin}/readyz`)).status).toBe(503));
    node.child.kill('SIGTERM');
    expect(await stopped).toBe(0);
    expect(performance.now() - told).toBeLessThan(5_000);
  });

  test('lets a legacy connection go when its calls are answered', async ({ expect }) => {
    const node = await start();
    const reader = new EventReader(await fetch(`${node.origin}/sse`));
    const endpoint = `${node.origin}${(await reader.next())?.data}`;
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
    await post(endpoint, request('initialize', params, 'first'));
    await reader.message();
    await post(endpoint, callOf('demo_progress', { steps: 3 }, 'running'));
    const stopped = node.stop();
    expect(messagesIn(await reader.rest()).at(-1)).toMatchObject({
      id: 'running',
      result: { structuredContent: { steps: 3 } },
    });
    expect(await stopped).toBe(0);
  });

  test('takes no more requests for a legacy connection, but what a running call needs, and owes no answer at the end', async ({
    expect,
  }) => {
    const node = await start('--drain-timeout', '2s');
    const reader = new EventReader(await fetch(`${node.origin}/sse`));
    const path = (await reader.next())?.data;
    const endpoint = `${node.origin}${path}`;
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
    await post(endpoint, request('initialize', params, 'first'));
    await reader.message();
    await post(endpoint, callOf('demo_progress', { steps: 20 }, 'long'));
    const told = performance.now();
    const stopped = node.stop();
    await eventually(async () => {
      const late = await post(endpoint, request('ping', {}, 'late'));
      expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
    });
    expect((await post(endpoint, { jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
    // Whoever took it cannot know that its node stops: accepted is accepted.
    const elsewhere = await post(`${survivor.origin}${path}`, request('ping', {}, 'elsewhere'));
    expect(elsewhere.status).toBe(202);
    const answers = messagesIn(await reader.rest()).filter((message) => 'id' in message);
    const stops = { code: -32603, message: expect.stringContaining('stops') as string };
    // A ping that came before the drain began was answered.
    expect(answers.filter(({ id }) => id !== 'late')).toEqual([
      { jsonrpc: '2.0', id: 'elsewhere', error: stops },
      { jsonrpc: '2.0', id: 'long', error: stops },
    ]);
    expect(performance.now() - told).toBeLessThan(2_000 + 2_000);
    expect(await stopped).toBe(0);
  });

  test('keeps streams that listen until its calls have ended, and serves who comes meanwhile on a connection that then ends', async ({
    expect,
  }) => {
    const node = await start();
    const session = await openSession(mcp(node));
    const listener = await listen(mcp(node), session);
    await listener.next();
    const running = new EventReader(await post(mcp(node), callOf('demo_progress', { steps: 6 }, 'long'), session));
    await running.next();
    let listening = true;
    const rest = listener.rest().finally(() => (listening = false));
    const stopped = node.stop();
    await eventually(async () => expect((await fetch(`${node.origin}/readyz`)).status).toBe(503));
    const came = await post(mcp(node), request('ping'), session);
    expect([came.status, came.headers.get('connection'), listening]).toEqual([200, 'close', true]);
    expect(messagesIn(await running.rest()).at(-1)).toMatchObject({ id: 'long', result: {} });
    await rest;
    expect(await stopped).toBe(0);
  });
});
