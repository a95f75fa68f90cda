import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { parseExposition } from '../helpers/exposition.js';
import type { RedisServer } from '../helpers/redis.js';
import { freePort, startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

/** Asks over a connection of its own: each goes to one worker. */
function fetchAnew(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: new Agent({ keepAlive: false }) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ status: Number(response.statusCode), text }));
      response.once('error', reject);
    }).once('error', reject);
  });
}

async function pidsOf(origin: string, count: number): Promise<number[]> {
  return eventually(async () => {
    const answers = await Promise.all(Array.from({ length: 4 * count }, () => fetchAnew(`${origin}/health/detailed`)));
    const pids = [...new Set(answers.map(({ text }) => (JSON.parse(text) as { node: { pid: number } }).node.pid))];
    expect(pids).toHaveLength(count);
    return pids;
  });
}

/** It gives up after some seconds, in which the other tests run. */
const unreachable = freePort().then((port) => {
  const args = ['http', '--redis', `redis://127.0.0.1:${port}`, '--workers', '3', '--port', '0'];
  return { port, ended: runCli(args) };
});

const calculation = callOf('calculate', { a: 2, b: 3, op: 'add' });

describe('several workers with sessions in Redis', () => {
  let redis: RedisServer;
  let server: SpawnedServer;

  beforeAll(async () => {
    redis = await startRedis();
    server = await spawnServer(['http', '--stateful', '--redis', redis.url, '--workers', '3']);
  });

  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  test('answer on one port, any of them for any session, and not the primary', async () => {
    const pids = await pidsOf(server.origin, 3);
    expect(pids).not.toContain(server.child.pid);
    const session = await openSession(`${server.origin}/mcp`);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ask(`${server.origin}/mcp`, session, calculation)),
    );
    expect(new Set(answers.map(({ result }) => result?.structuredContent.calculationId)).size).toBe(40);
    const info = await ask(`${server.origin}/mcp`, session, request('resources/read', { uri: 'session://info' }));
    expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: 40 });
  });

  test('say that they listen once', () => {
    expect(server.log.filter((line) => line.includes('"url"'))).toHaveLength(1);
  });

  test('show their metrics together, whichever is asked', async () => {
    const { text: before } = await fetchAnew(`${server.origin}/metrics`);
    await openSession(`${server.origin}/mcp`);
    const created = (text: string) => parseExposition(text).get('mcp_sessions_created_total')?.samples[0]?.value;
    for (let asked = 0; asked < 3; asked += 1) {
      const { text } = await fetchAnew(`${server.origin}/metrics`);
      expect(created(text)).toBe(Number(created(before)) + 1);
      expect(parseExposition(text).get('mcp_active_sessions')?.samples[0]?.value).toBe(2);
    }
  });

  test('are replaced when they die, and nothing of a session is lost', async () => {
    const session = await openSession(`${server.origin}/mcp`);
    await ask(`${server.origin}/mcp`, session, calculation);
    const pids = await pidsOf(server.origin, 3);
    process.kill(Number(pids[0]), 'SIGKILL');
    await eventually(async () => {
      const now = await pidsOf(server.origin, 3);
      expect(now).not.toContain(pids[0]);
    });
    const info = await ask(`${server.origin}/mcp`, session, request('resources/read', { uri: 'session://info' }));
    expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: 1 });
  });

  test('finish what is in flight on SIGTERM, and end with exit code 0', async () => {
    const session = await openSession(`${server.origin}/mcp`);
    const pids = await pidsOf(server.origin, 3);
    const running = await post(`${server.origin}/mcp`, callOf('demo_progress', { steps: 4 }, 'running'), session);
    const stopped = server.stop();
    expect(await running.text()).toContain('completed with 4 steps');
    expect(await stopped).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

test('several workers without sessions need no Redis, and share a port for metrics as well', async () => {
  const metricsPort = await freePort();
  const server = await spawnServer(['http', '--stateless', '--workers', '2', '--metrics-port', String(metricsPort)]);
  try {
    await pidsOf(server.origin, 2);
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => (await post(`${server.origin}/mcp`, calculation)).json()),
    );
    expect(answers).toHaveLength(10);
    const { text } = await fetchAnew(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(parseExposition(text).get('mcp_calculations_total')?.samples[0]?.value).toBe(10);
    expect((await fetchAnew(`${server.origin}/metrics`)).status).toBe(404);
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test('several workers without sessions count requests together, where they have Redis for it', async () => {
  const redis = await startRedis();
  const server = await spawnServer([
    'http',
    '--stateless',
    '--workers',
    '2',
    '--redis',
    redis.url,
    '--rate-limit-max',
    '10',
  ]);
  try {
    const statuses = await Promise.all(
      Array.from({ length: 15 }, async () => (await fetchAnew(`${server.origin}/mcp`)).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  } finally {
    expect(await server.stop()).toBe(0);
    await redis.stop();
  }
});

describe('workers that can not start', () => {
  test('say why once, and the command ends with their exit code', async () => {
    const { port, ended } = await unreachable;
    const { code, stderr, ms } = await ended;
    expect(stderr.trim()).toBe(
      `mcp-calc: Redis can't be reached: redis://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect(code).toBe(4);
    // The 5 s that Redis is waited for, and the start of four processes on a machine that may be busy.
    expect(ms).toBeLessThan(12_000);
  });

  test('are refused where each would have sessions of its own', async () => {
    const { code, stderr } = await runCli(['http', '--workers', '2', '--port', '0']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^mcp-calc: --workers .*--redis.*\n$/) as string]);
  });
});
