import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

/** How soon a node must see what Redis does, ms. */
const SEEN_MS = 3_000;
const CALL = callOf('calculate', { a: 1, b: 1, op: 'add' });
const INITIALIZE = request('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
});

let redis: RedisServer;
let node: SpawnedServer;
/** Where snapshots go: gone while they are to fail. */
const snapshots = mkdtempSync(join(tmpdir(), 'mcp-calc-snapshots-'));

beforeAll(async () => {
  redis = await startRedis({ args: ['--enable-protected-configs', 'yes'] });
  await redis.command('config', 'set', 'dir', snapshots);
  await redis.command('acl', 'setuser', 'calc', 'on', '>pw', '~*', '&*', '+@all');
  const url = redis.url.replace('//', '//calc:pw@');
  node = await spawnServer(['http', '--redis', url, '--history-limit', '5']);
});
afterAll(async () => {
  await node.stop();
  await redis.stop();
  rmSync(snapshots, { recursive: true, force: true });
});

const set = (name: string, value: string | number) => redis.command('config', 'set', name, value);
const get = async (path: string) => {
  const answer = await fetch(node.origin + path);
  return { status: answer.status, body: (await answer.json()) as unknown };
};
const bgsave = async () => {
  await redis.command('bgsave');
  await eventually(async () =>
    expect(await redis.command('info', 'persistence')).toContain('rdb_bgsave_in_progress:0'),
  );
};

interface Fault {
  readonly code: string;
  strike(): Promise<unknown>;
  heal(): Promise<unknown>;
}

const FAULTS: Record<string, Fault> = {
  'without the replicas that it wants': {
    code: 'NOREPLICAS',
    strike: () => set('min-replicas-to-write', 1),
    heal: () => set('min-replicas-to-write', 0),
  },
  'to a user who may not write': {
    // A script says it in a sentence.
    code: '(NOPERM|ERR The user executing the script)',
    strike: () => redis.command('acl', 'setuser', 'calc', '-@write'),
    heal: () => redis.command('acl', 'setuser', 'calc', '+@write'),
  },
  'out of memory': {
    code: 'OOM',
    strike: () => set('maxmemory', 1),
    heal: () => set('maxmemory', 0),
  },
  'that can not save its snapshots': {
    code: 'MISCONF',
    async strike() {
      await set('save', '3600 1');
      rmSync(snapshots, { recursive: true });
      await bgsave();
    },
    async heal() {
      mkdirSync(snapshots, { recursive: true });
      await bgsave();
      await set('save', '');
    },
  },
};

describe.each(Object.entries(FAULTS))('a Redis %s', (_what, { code, strike, heal }) => {
  test(`(${code}) makes the node not ready, hands out no session, is told with its own words, and is over by itself`, async () => {
    const session = await openSession(`${node.origin}/mcp`);
    const said = node.log.length;
    const log = () => node.log.slice(said).map((line) => JSON.parse(line) as Record<string, unknown>);
    onTestFailed(() => void heal());
    await strike();
    // Before the node has noticed, and after.
    for (const when of ['at once', 'later']) {
      const opened = await post(`${node.origin}/mcp`, INITIALIZE);
      expect([opened.status, opened.headers.get('retry-after')], when).toEqual([503, '1']);
      expect(opened.headers.get('mcp-session-id'), when).toBeNull();
      expect((await post(`${node.origin}/mcp`, CALL, session)).status, when).toBe(503);
      if (when === 'later') break;
      await eventually(
        async () => expect(await get('/readyz')).toEqual({ status: 503, body: { status: 'unavailable' } }),
        SEEN_MS,
      );
    }
    const refusing = { status: 503, body: { status: 'unhealthy', redis: 'refusing' } };
    await eventually(async () => expect(await get('/health')).toMatchObject(refusing), SEEN_MS);
    expect((await get('/livez')).status).toBe(200);
    const warnings = () => log().filter(({ level }) => level === 'warn');
    await eventually(() => expect(warnings().at(-1)?.message).toMatch(/^Redis refuses to serve/));
    const told = warnings();
    expect(told.map(({ reason }) => String(reason))).toContainEqual(expect.stringMatching(`^${code}`));
    expect(told.map(({ message }) => String(message))).toContainEqual(
      expect.stringMatching(`^Redis refuses to serve.*${code}`),
    );
    expect(told.length).toBeLessThan(4);

    await heal();
    await eventually(async () => expect((await get('/readyz')).status).toBe(200), SEEN_MS);
    expect(await get('/health')).toMatchObject({ status: 200, body: { redis: 'ready' } });
    expect((await post(`${node.origin}/mcp`, CALL, session)).status).toBe(200);
    expect((await post(`${node.origin}/mcp`, INITIALIZE)).status).toBe(200);
    await eventually(() => expect(log().map(({ message }) => message)).toContain('Redis serves again'));
  });
});

test('a Redis out of memory lets sessions be ended, which makes room', async () => {
  const session = await openSession(`${node.origin}/mcp`);
  await set('maxmemory', 1);
  try {
    const ended = await fetch(`${node.origin}/mcp`, { method: 'DELETE', headers: session });
    expect(ended.status).toBe(200);
  } finally {
    await set('maxmemory', 0);
  }
  await eventually(async () => expect((await get('/readyz')).status).toBe(200), SEEN_MS);
  expect((await post(`${node.origin}/mcp`, CALL, session)).status).toBe(404);
});

test('a server does not start where Redis refuses it, and says why', async () => {
  const start = (user: string) => runCli(['http', '--port', '0', '--redis', redis.url.replace('//', `//${user}:pw@`)]);
  await redis.command('acl', 'setuser', 'reader', 'on', '>pw', '~*', '&*', '+@all', '-@write');
  await redis.command('acl', 'setuser', 'deaf', 'on', '>pw', '~*', 'resetchannels', '+@all');
  const [reader, deaf] = await Promise.all([start('reader'), start('deaf')]);
  expect([reader.code, reader.stderr]).toEqual([
    4,
    expect.stringMatching(/^mcp-calc: [^\n]* it refuses to serve: (NOPERM|ERR The user executing the script)[^\n]*\n$/),
  ]);
  expect([deaf.code, deaf.stderr]).toEqual([
    4,
    expect.stringMatching(/^mcp-calc: [^\n]*(NOPERM|ERR)[^\n]*channel[^\n]*\n$/),
  ]);
});
