import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { parseExposition } from '../helpers/exposition.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

/** Long enough to be used, short enough to be waited for. */
const TTL = '1s';
/** How long a line may take on a machine that is busy with other tests, ms. */
const LINE_LIMIT_MS = 10_000;
const HOSTILE = `evil\u001b[31m\n{"level":"error"}\u202e${'x'.repeat(500)}`;

type Line = Record<string, unknown>;
const linesOf = (servers: readonly SpawnedServer[]) =>
  servers.flatMap(({ log }) => log.map((line) => JSON.parse(line) as Line));
const matching = (servers: readonly SpawnedServer[], fields: Line) =>
  linesOf(servers).filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
const lineOf = (servers: readonly SpawnedServer[], fields: Line) =>
  eventually(() => {
    const [found] = matching(servers, fields);
    expect(found, JSON.stringify(fields)).toBeDefined();
    return found as Line;
  }, LINE_LIMIT_MS);
const shortOf = (session: Record<string, string>) => `${session['Mcp-Session-Id']?.slice(0, 8)}…`;
const endings = async (servers: readonly SpawnedServer[], reason: string) => {
  const counted = await Promise.all(
    servers.map(async ({ origin }) => {
      const families = parseExposition(await (await fetch(`${origin}/metrics`)).text());
      const samples = families.get('mcp_sessions_ended_total')?.samples ?? [];
      return samples.find(({ labels }) => labels.reason === reason)?.value ?? NaN;
    }),
  );
  return counted.reduce((sum, count) => sum + count, 0);
};

describe.each(['memory', 'Redis'])('the log of sessions in %s', (storage) => {
  let redis: RedisServer | undefined;
  /** One, or two on one Redis. */
  let servers: SpawnedServer[] = [];
  let url: string;
  let listenUrl: string;

  beforeAll(async () => {
    redis = storage === 'Redis' ? await startRedis() : undefined;
    const args = ['http', '--sse', '--session-ttl', TTL, ...(redis ? ['--redis', redis.url] : [])];
    servers = await Promise.all(Array.from({ length: redis ? 2 : 1 }, () => spawnServer(args)));
    url = `${servers[0]?.origin}/mcp`;
    listenUrl = `${servers.at(-1)?.origin}/mcp`;
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await redis?.stop();
  });

  test('names a session and its client where it is opened, and whoever it says it is made harmless', async () => {
    const clientInfo = { name: HOSTILE, version: `1\n2` };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const opened = await post(url, request('initialize', params), { 'X-Request-Id': 'opened' });
    const session = { 'Mcp-Session-Id': String(opened.headers.get('mcp-session-id')) };
    const line = await lineOf(servers, { requestId: 'opened' });
    expect(line).toMatchObject({ rpcMethod: 'initialize', session: shortOf(session), clientVersion: '1 2' });
    expect(line.client).toMatch(/^evil \{"level":"error"\}x+…$/);
    expect(String(line.client)).toHaveLength(64);
  });

  test('tells once that a session was deleted, and how its stream ended', async () => {
    const before = await endings(servers, 'deleted');
    const session = await openSession(url);
    const fields = { session: shortOf(session) };
    const stream = await fetch(listenUrl, { headers: { ...session, Accept: 'text/event-stream' } });
    await Promise.all([1, 2].map(() => fetch(url, { method: 'DELETE', headers: session })));
    await new EventReader(stream).rest();
    expect(await lineOf(servers, { ...fields, method: 'GET' })).toMatchObject({ outcome: 'session_ended' });
    expect(await lineOf(servers, { ...fields, message: 'session ended' })).toMatchObject({ reason: 'deleted' });
    expect(await lineOf(servers, { ...fields, method: 'DELETE', status: 200 })).toBeDefined();
    expect(await endings(servers, 'deleted')).toBe(before + 1);
  });

  test('tells once, whichever node it is, that a session expired, and lets a client that comes later be found', async () => {
    const before = await endings(servers, 'expired');
    const sessions = await Promise.all(Array.from({ length: 20 }, () => openSession(url)));
    await eventually(async () => expect(await endings(servers, 'expired')).toBeGreaterThanOrEqual(before + 20));
    for (const session of sessions) {
      const fields = { session: shortOf(session), message: 'session ended' };
      await lineOf(servers, fields);
      expect(matching(servers, fields)).toMatchObject([{ level: 'info', reason: 'expired' }]);
    }
    const [late = {}] = sessions;
    expect((await post(url, request('ping'), late)).status).toBe(404);
    expect(await lineOf(servers, { session: shortOf(late), status: 404 })).toMatchObject({
      outcome: 'session_unknown',
    });
  });

  test('tells that a legacy session went with its connection', async () => {
    const before = await endings(servers, 'disconnected');
    const stream = new EventReader(await fetch(`${servers[0]?.origin}/sse`, { headers: { 'X-Request-Id': 'legacy' } }));
    const endpoint = `${servers.at(-1)?.origin}${(await stream.next())?.data}`;
    const clientInfo = { name: 'old', version: '0.1' };
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo };
    await post(endpoint, request('initialize', params));
    await stream.message();
    expect(await lineOf(servers, { requestId: 'legacy', rpcMethod: 'initialize' })).toMatchObject({
      client: 'old',
      clientVersion: '0.1',
    });
    await stream.close();
    const { session } = await lineOf(servers, { requestId: 'legacy', path: '/sse' });
    expect(await lineOf(servers, { session, message: 'session ended' })).toMatchObject({ reason: 'disconnected' });
    expect(await endings(servers, 'disconnected')).toBe(before + 1);
  });

  test('tells that a newer stream took over', async () => {
    const session = await openSession(url);
    const headers = { ...session, Accept: 'text/event-stream' };
    const first = new EventReader(await fetch(url, { headers: { ...headers, 'X-Request-Id': 'elder' } }));
    await first.next();
    const second = new EventReader(await fetch(listenUrl, { headers: { ...headers, 'X-Request-Id': 'younger' } }));
    await first.rest();
    expect(await lineOf(servers, { requestId: 'elder' })).toMatchObject({ outcome: 'taken_over' });
    await second.close();
    expect(await lineOf(servers, { requestId: 'younger' })).toMatchObject({ outcome: 'client_gone' });
  });

  test.each(['JSON', 'a stream'])(
    'names method and tool of a call that its client leaves while it waits for %s',
    async (kind) => {
      const session = await openSession(url);
      const leaving = new AbortController();
      const id = `left-${kind.length}`;
      const Accept = kind === 'JSON' ? 'application/json' : 'text/event-stream';
      const call = callOf('demo_progress', { steps: 10 });
      const sent = fetch(url, {
        method: 'POST',
        headers: { ...session, Accept, 'Content-Type': 'application/json', 'X-Request-Id': id },
        body: JSON.stringify(call),
        signal: leaving.signal,
      });
      if (kind === 'JSON') await eventually(async () => expect(await openPosts(session)).toBe(true));
      else await sent;
      leaving.abort();
      await sent.catch(() => undefined);
      expect(await lineOf(servers, { requestId: id })).toMatchObject({
        rpcMethod: 'tools/call',
        tool: 'demo_progress',
        session: shortOf(session),
        outcome: 'client_gone',
      });
    },
  );

  test('ends with an expired session the call that waits for an answer of its client', async () => {
    const session = await openSession(url, { capabilities: { elicitation: {} } });
    const id = { 'X-Request-Id': 'asks' };
    const call = callOf('solve_math_problem', { problem: 'What is the area of a circle?' });
    const reader = new EventReader(await post(url, call, { ...session, ...id }));
    expect(await reader.message()).toMatchObject({ method: 'elicitation/create' });
    await reader.close();
    await lineOf(servers, { session: shortOf(session), message: 'session ended', reason: 'expired' });
    await eventually(async () => {
      const families = parseExposition(await (await fetch(`${servers[0]?.origin}/metrics`)).text());
      const samples = families.get('mcp_server_operation_duration_seconds')?.samples ?? [];
      expect(samples).toContainEqual(
        expect.objectContaining({
          labels: { era: 'legacy', method: 'tools/call', tool: 'solve_math_problem', outcome: 'cancelled' },
        }),
      );
    });
  });

  /** Whether the session has been used beyond its opening: the call is being served. */
  const openPosts = async (session: Record<string, string>) => {
    const info = await ask(url, session, request('resources/read', { uri: 'session://info' }));
    return JSON.parse(info.result.contents[0].text).requestCount >= 2;
  };
});

describe('the log of what fails here', () => {
  test('is at error, with the client that could not be let in', async () => {
    const server = await spawnServer(['http', '--max-sessions', '1']);
    try {
      const url = `${server.origin}/mcp`;
      await openSession(url);
      const clientInfo = { name: 'late', version: '1' };
      const refused = await post(
        url,
        request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }),
      );
      expect(refused.status).toBe(503);
      expect(await lineOf([server], { status: 503 })).toMatchObject({
        level: 'error',
        outcome: 'session_limit',
        client: 'late',
      });
      expect((await post(url, request('ping'))).status).toBe(400);
      expect(await lineOf([server], { status: 400 })).toMatchObject({ level: 'info' });
    } finally {
      await server.stop();
    }
  });
});
