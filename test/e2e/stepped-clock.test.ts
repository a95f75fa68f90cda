import { fileURLToPath, pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { envelope, post as postModern } from '../helpers/modern.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const DAY_MS = 86_400_000;
const TTL_MS = 1_500;
const GUARDED = fileURLToPath(new URL('../fixtures/guarded.js', import.meta.url));
const PRELOAD = pathToFileURL('test/fixtures/stepped-clock.js').href;

let redis: RedisServer;
const running: SpawnedServer[] = [];
beforeAll(async () => void (redis = await startRedis()));
afterAll(async () => {
  await Promise.all(running.map((server) => server.stop('SIGKILL')));
  await redis.stop();
});

/** What the server takes for the time. */
const timeOf = async ({ origin }: SpawnedServer) =>
  Date.parse(((await (await fetch(`${origin}/health/detailed`)).json()) as { timestamp: string }).timestamp);

async function start(stepMs: number, storage: string, ...more: string[]): Promise<SpawnedServer> {
  const args = [
    'http',
    '--stateful',
    '--session-ttl',
    `${TTL_MS}ms`,
    '--keep-alive',
    '100ms',
    '--rate-limit',
    'on',
    ...more,
  ];
  if (storage === 'Redis') args.push('--redis', redis.url);
  const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import ${PRELOAD}`;
  const server = await spawnServer(args, { NODE_OPTIONS, CLOCK_STEP_MS: String(stepMs) });
  running.push(server);
  return server;
}

async function step(server: SpawnedServer, stepMs: number): Promise<void> {
  server.child.kill('SIGUSR2');
  await eventually(async () => expect(Math.abs((await timeOf(server)) - Date.now() - stepMs)).toBeLessThan(DAY_MS / 2));
}

describe.each(['memory', 'Redis'])('with sessions in %s', (storage) => {
  test.concurrent.each([
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ])('a clock that is stepped a day %s ends no session and leaves no stream deaf', async (_direction, stepMs) => {
    const server = await start(stepMs, storage);
    const url = `${server.origin}/mcp`;
    const [session, idle] = [await openSession(url), await openSession(url)];
    await ask(url, session, request('resources/subscribe', { uri: 'calculator://history' }));
    const stream = new EventReader(await fetch(url, { headers: { ...session, Accept: 'text/event-stream' } }));
    await step(server, stepMs);
    const limited = await post(url, request('ping'), idle);
    expect(limited.status).toBe(200);
    expect(Number(limited.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    expect(Number(limited.headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
    // Only its open stream uses the session for longer than it would live without.
    await pause(1.5 * TTL_MS);
    const { result } = await ask(url, session, callOf('calculate', { a: 2, b: 3, op: 'add' }));
    expect(result?.structuredContent).toMatchObject({ value: 5 });
    expect(await stream.message()).toMatchObject({ method: 'notifications/resources/updated' });
    // The other session has had its time, whatever the clock says.
    expect((await post(url, request('ping'), idle)).status).toBe(404);
    await stream.close();
    expect(await server.stop()).toBe(0);
  });

  test.concurrent('a clock that is stepped a day back makes no state young again whose time was over', async () => {
    const server = await start(-DAY_MS, storage, '--server', GUARDED, '--state-ttl', '1s');
    const call = (more: object) => {
      const params = { name: 'pay', arguments: {}, _meta: envelope({ elicitation: {} }), ...more };
      return postModern(`${server.origin}/mcp`, 'tools/call', params);
    };
    const requestState = (await call({})).body.result?.requestState;
    const pay = () =>
      call({ requestState, inputResponses: { amount: { action: 'accept', content: { answer: '1' } } } });
    expect(JSON.stringify((await pay()).body.result)).toContain('receipt');
    // What says that it was paid is forgotten with the time of the state.
    await pause(1.5 * 1_000);
    await step(server, -DAY_MS);
    expect((await pay()).body.error?.code).toBe(-32602);
    // A new one is good, by whatever clock.
    expect((await call({})).body.result?.resultType).toBe('input_required');
    expect(await server.stop()).toBe(0);
  });
});
