import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { taskClient } from '../helpers/task-client.js';

const run = promisify(execFile);
const RECIPE_LIMIT_MS = 10_000;
const text = readFileSync(join(import.meta.dirname, '../../docs/redis.md'), 'utf8');
const section = (title: string) => text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
/** The rows of a section's table: the name, and what stands in the second column. */
const rows = (title: string) =>
  [...section(title).matchAll(/^\| `(\S+)` \| ([^|]*) \|/gm)].map(([, name = '', second = '']) => ({ name, second }));
/** Words in capitals stand for anything. */
const patternOf = (name: string) =>
  new RegExp(
    `^${name
      .replace(/[.{}:]/g, '\\$&')
      .replace(/[A-Z]{3,}/g, '.+')
      .replace(/:\.\+:lease/, ':[^:]+:lease')}$`,
  );

let redis: RedisServer;
let servers: SpawnedServer[] = [];
let session: Record<string, string>;
let id: string;
let legacy: EventReader;
let legacyId: string;
let taskId: string;
let listener: EventReader;

beforeAll(async () => {
  redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
  const flags = ['--redis', redis.url, '--rate-limit', 'on'];
  servers = await Promise.all([
    spawnServer(['http', '--sse', ...flags]),
    spawnServer(['http', ...flags, '--auth', 'demo']),
  ]);
  const [node, demo] = servers as [SpawnedServer, SpawnedServer];
  const url = `${node.origin}/mcp`;
  session = await openSession(url);
  id = String(session['Mcp-Session-Id']);
  listener = new EventReader(await fetch(url, { headers: { ...session, Accept: 'text/event-stream' } }));
  await post(url, request('resources/subscribe', { uri: 'calculator://history' }), session);
  const call = callOf('calculate', { a: 40, b: 2, op: 'add' });
  await (await post(url, call, { ...session, Accept: 'text/event-stream' })).text();
  await listener.message();
  taskId = (await taskClient(url).begin('demo_progress', { arguments: { delayMs: 30_000 } })).taskId;
  legacy = new EventReader(await fetch(`${node.origin}/sse`));
  legacyId = new URL(String((await legacy.next())?.data), node.origin).searchParams.get('sessionId') ?? '';
  const client = { redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' };
  expect((await post(`${demo.origin}/register`, client)).status).toBe(201);
});
afterAll(async () => {
  await Promise.all([listener.close(), legacy.close()]);
  await taskClient(`${servers[0]?.origin}/mcp`).cancel(taskId);
  await Promise.all(servers.map((server) => server.stop()));
  await redis.stop();
});

describe('docs/redis.md', () => {
  test('names every key that is in Redis, with its type and whether it ends, and no other', async () => {
    const keys = (await redis.command('keys', '*')) as string[];
    const table = rows('Keys');
    for (const key of keys) {
      const found = table.filter(({ name }) => patternOf(name).test(key));
      expect([key, found.map(({ second }) => second)]).toEqual([key, [await redis.command('type', key)]]);
      expect([key, Number(await redis.command('pttl', key)) > 0]).toEqual([key, true]);
    }
    for (const { name } of table) expect([name, keys.some((key) => patternOf(name).test(key))]).toEqual([name, true]);
  });

  test('names every channel, and no other', async () => {
    const channels = (await redis.command('pubsub', 'channels')) as string[];
    const table = rows('Channels');
    for (const channel of channels)
      expect([channel, table.filter(({ name }) => patternOf(name).test(channel)).length]).toEqual([channel, 1]);
    for (const { name } of table)
      expect([name, channels.some((channel) => patternOf(name).test(channel))]).toEqual([name, true]);
  });
});

describe('a recipe of docs/redis.md tells', () => {
  /** By the recipe's title: what its output has, line by line. */
  const outputs: Record<string, () => void | Promise<void>> = {};
  const recipes = new Map(
    section('Recipes')
      .split(/^### /m)
      .slice(1)
      .map((part) => [
        part.slice(0, part.indexOf('\n')),
        [...part.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, sh]) => String(sh)),
      ]),
  );
  const lines = async (title: string, env: Record<string, string> = {}) => {
    const outputs = [];
    for (const script of recipes.get(title) ?? []) {
      const known = {
        REDIS_URL: redis.url,
        SESSION: id,
        SHORT: id.slice(0, 8),
        TASK: taskId,
        PATH: String(process.env.PATH),
      };
      const { stdout } = await run('sh', ['-euc', script], {
        env: { ...known, ...env },
        timeout: RECIPE_LIMIT_MS,
      }).catch(
        // `timeout` ends what would go on for ever.
        (error: { code?: number; stdout?: string }) => {
          if (error.code === 124) return { stdout: String(error.stdout) };
          throw error;
        },
      );
      outputs.push(stdout);
    }
    return outputs.join('').trimEnd().split('\n');
  };
  const recipe = (title: string, check: () => Promise<void>) => {
    outputs[title] = check;
    test(title, check);
  };

  recipe('How many sessions are open', async () => expect(await lines('How many sessions are open')).toEqual(['2']));
  recipe('Find the session of a log line', async () => {
    expect(await lines('Find the session of a log line')).toEqual([`mcp-calc:{${id}}:session`]);
    const SHORT = String(legacyId.split('.')[1]).slice(0, 8);
    expect(await lines('Find the session of a log line', { SHORT })).toEqual([`mcp-calc:{${legacyId}}:session`]);
  });
  recipe('Whose session it is, and how much it was used', async () => {
    const [initialize = '', owner, requests, calculations] = await lines(
      'Whose session it is, and how much it was used',
    );
    expect(JSON.parse(initialize)).toMatchObject({ clientInfo: { name: 'test' } });
    expect([owner, Number(requests) > 1, calculations]).toEqual(['', true, '1']);
  });
  recipe('When it expires, in ms, if it is not used again', async () => {
    const [left] = await lines('When it expires, in ms, if it is not used again');
    expect(Number(left)).toBeGreaterThan(1_000_000);
  });
  recipe('Its newest calculations', async () =>
    expect((await lines('Its newest calculations')).map((entry) => JSON.parse(entry) as object)).toMatchObject([
      { operation: 'add' },
    ]),
  );
  recipe('Which streams it has, and who listens', async () => {
    const found = await lines('Which streams it has, and who listens');
    expect(found).toContain('standalone');
    expect(found.filter((line) => /^standalone:[0-9a-f]{16}$/.test(line))).toHaveLength(1);
  });
  recipe('The newest events of a stream', async () =>
    expect((await lines('The newest events of a stream')).join()).toContain('notifications/resources/updated'),
  );
  recipe('How much memory it takes', async () => {
    const bytes = (await lines('How much memory it takes')).map(Number);
    expect(bytes.length).toBeGreaterThan(5);
    for (const each of bytes) expect(each).toBeGreaterThan(0);
  });
  recipe('What a task is in', async () => {
    const [status, message, node] = await lines('What a task is in');
    expect([status, message, /^[0-9a-f]{16}$/.test(String(node))]).toEqual(['working', '', true]);
  });
  recipe('Which nodes live', async () => expect(await lines('Which nodes live')).toHaveLength(2));
  recipe('Which nodes hear the others', async () => {
    const channels = await lines('Which nodes hear the others');
    expect(channels.map((channel) => channel.split(':').at(-1)).sort()).toEqual(
      (await lines('Which nodes live')).map((lease) => lease.split(':').at(-2)).sort(),
    );
  });
  recipe('What is said between nodes, as it comes', async () =>
    expect(await lines('What is said between nodes, as it comes')).toContain('{"beat":""}'),
  );
  recipe('Who uses up the rate limit', async () => {
    const [first] = await lines('Who uses up the rate limit');
    expect(first).toMatch(/^\d+ mcp-calc:mcp-calc:rate:address:127\.0\.0\.1$/);
  });
  recipe('Whether Redis may throw sessions away', async () =>
    expect(await lines('Whether Redis may throw sessions away')).toEqual(['maxmemory-policy', 'noeviction']),
  );
  // The last one: it takes the session away.
  recipe('End a session by hand', async () => {
    await lines('End a session by hand');
    expect((await post(`${servers[0]?.origin}/mcp`, request('ping'), session)).status).toBe(404);
    await eventually(async () => expect(await redis.command('keys', `*{${id}}*`)).toEqual([]));
  });

  test('and all of them are run', () => {
    expect(Object.keys(outputs).sort()).toEqual([...recipes.keys()].sort());
  });
});
