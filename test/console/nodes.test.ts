import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { ask, cookieOf, OWN } from './helpers.js';

let redis: RedisServer;
let here: SpawnedServer;
let there: SpawnedServer;
let other: SpawnedServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  const spawn = (...args: string[]) => spawnServer(['http', '--redis', redis.url, ...args]);
  [here, there, other] = await Promise.all([spawn(), spawn(), spawn('--no-console')]);
  token = (JSON.parse(String(await redis.command('get', 'mcp-calc:auth:console-token'))) as { key: string }).key;
});
afterAll(async () => {
  await Promise.all([here, there, other].map((server) => server?.stop()));
  await redis?.stop();
});

const greet = (server: SpawnedServer, name: string) =>
  ask(
    `${server.origin}/mcp`,
    { 'content-type': 'application/json' },
    'POST',
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name, version: '1' } },
    }),
  );

/** What a watcher of this node reads until it is told to stop. */
async function watch(server: SpawnedServer): Promise<{ read(): string; stop(): void }> {
  const over = new AbortController();
  const headers = { ...OWN, cookie: await cookieOf(server.origin, token) };
  const response = await fetch(`${server.origin}/console/api/wire`, { headers, signal: over.signal });
  expect(response.status).toBe(200);
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array);
  })();
  reading.catch(() => undefined);
  return { read: () => text, stop: () => over.abort() };
}

it('nodes of one Redis have one token, and show the sessions of all', async () => {
  expect(token).toMatch(/^[\w-]{32}$/);
  const { headers } = await greet(there, 'of the other node');
  const id = String(headers['mcp-session-id']);
  const own = { ...OWN, cookie: await cookieOf(here.origin, token) };
  const { body } = await ask(`${here.origin}/console/api/sessions`, own);
  const { open, sessions } = JSON.parse(body) as { open: number; sessions: { key: string; client: string }[] };
  expect([open, sessions.map(({ client }) => client)]).toEqual([1, ['of the other node']]);
  expect(body).not.toContain(id);
  const ended = await ask(
    `${here.origin}/console/api/sessions`,
    own,
    'DELETE',
    JSON.stringify({ key: sessions[0]?.key }),
  );
  expect(JSON.parse(ended.body)).toEqual({ open: 0, sessions: [] });
});

it('who watches on one node sees the wire of the others, and of none without a console', async () => {
  const watching = await watch(here);
  // The other nodes have to hear first that somebody watches.
  await eventually(async () => {
    await greet(there, 'seen from afar');
    expect(watching.read()).toContain('seen from afar');
  });
  await greet(other, 'not to be seen');
  await greet(here, 'seen here');
  await eventually(() => expect(watching.read()).toContain('seen here'));
  expect(watching.read()).not.toContain('not to be seen');

  const second = await watch(there);
  await eventually(async () => {
    await greet(here, 'seen by both');
    expect(second.read()).toContain('seen by both');
    expect(watching.read()).toContain('seen by both');
  });
  second.stop();
  watching.stop();
});

it('a node that nobody watches any more is let go, and stops when it is told to', async () => {
  const watching = await watch(there);
  expect(await there.stop()).toBe(0);
  expect(watching.read()).toContain('event: watching');
});

it.each([
  ['may not write what all share', ['~mcp-calc:[^a]*', '%R~mcp-calc:auth:*']],
  ['may not even read it', ['~mcp-calc:[^a]*']],
])('a node that %s starts with a token of its own, and says so once', async (what, keys) => {
  const user = what.replace(/\W/g, '');
  await redis.command('acl', 'setuser', user, 'on', '>pw', '&*', '+@all', ...keys);
  const node = await spawnServer(['http', '--redis', redis.url.replace('//', `//${user}:pw@`)]);
  try {
    const told = node.log.map((line) => JSON.parse(line) as { level: string; message: string });
    const warnings = told.filter(({ level, message }) => level === 'warn' && message.includes('console'));
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('WEB_CONSOLE_TOKEN')]);
    expect((await greet(node, 'of a node with few rights')).status).toBe(200);
    expect((await ask(`${node.origin}/?token=undefined`)).status).toBe(401);
    expect((await ask(`${node.origin}/?token=${token}`)).status).toBe(401);
  } finally {
    await node.stop();
  }
});

it('a node that finds something else where the token should be makes a new one', async () => {
  const key = 'mcp-calc:auth:console-token';
  await redis.command('set', key, '{"recordVersion":1}');
  const node = await spawnServer(['http', '--redis', redis.url]);
  try {
    expect((await ask(`${node.origin}/?token=undefined`)).status).toBe(401);
    const made = (JSON.parse(String(await redis.command('get', key))) as { key: string }).key;
    expect(made).toMatch(/^[\w-]{32}$/);
    expect((await ask(`${node.origin}/?token=${made}`)).status).toBe(303);
  } finally {
    await node.stop();
  }
});
