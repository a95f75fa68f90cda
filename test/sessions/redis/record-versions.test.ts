import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/log.js';
import type { Storage } from '../../../src/sessions/contract.js';
import { StoreUnavailableError } from '../../../src/sessions/errors.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { RawClient } from '../../auth/helpers/client.js';
import { DEFAULTS, session } from '../../contract/subject.js';
import { EventReader } from '../../helpers/event-reader.js';
import type { Dump } from '../../helpers/redis-dump.js';
import { load } from '../../helpers/redis-dump.js';
import { type RedisServer, startRedis } from '../../helpers/redis.js';
import { ask, callOf, post, request } from '../../helpers/rpc.js';
import type { SpawnedServer } from '../../helpers/spawn-server.js';
import { spawnServer } from '../../helpers/spawn-server.js';

const RECORD = 'mcp-calc:{s}:session';

let redis: RedisServer;
const running: SpawnedServer[] = [];
beforeAll(async () => void (redis = await startRedis()));
afterAll(async () => {
  await Promise.all(running.map((server) => server.stop('SIGKILL')));
  await redis.stop();
});

async function start(args: readonly string[]): Promise<SpawnedServer> {
  const server = await spawnServer(args);
  running.push(server);
  return server;
}

describe('what 1.0.0 wrote in Redis', () => {
  interface Fixture {
    readonly known: { readonly session: string; readonly listened: string; readonly call: string };
    readonly auth: { readonly clientId: string; readonly refresh: string; readonly resource: string };
    readonly redis: Dump;
  }
  const fixture = JSON.parse(readFileSync('test/fixtures/redis-of-1.0.0.json', 'utf8')) as Fixture;
  beforeEach(() => load(redis, fixture.redis, 60_000));
  afterEach(() => redis.flush());

  it('is served as if this build had written it: record, history, subscriptions, log level, events', async () => {
    const server = await start(['http', '--redis', redis.url]);
    const url = `${server.origin}/mcp`;
    const headers = { 'Mcp-Session-Id': fixture.known.session, 'MCP-Protocol-Version': '2025-11-25' };
    const history = async () => {
      const { result } = await ask(url, headers, request('resources/read', { uri: 'calculator://history' }));
      return String(result.contents[0].text);
    };
    for (const expression of ['2 + 3', '2 * (3 + 4)', '4 × 5']) expect(await history()).toContain(expression);

    const resume = async (lastEventId: string) =>
      new EventReader(
        await fetch(url, { headers: { ...headers, Accept: 'text/event-stream', 'Last-Event-ID': lastEventId } }),
      );
    const call = await (await resume(fixture.known.call)).rest();
    expect(call.map(({ data }) => JSON.parse(String(data)) as object)).toEqual([
      expect.objectContaining({ method: 'notifications/progress' }),
      expect.objectContaining({ method: 'notifications/progress' }),
      expect.objectContaining({ id: 'p', result: expect.anything() as object }),
    ]);
    const standalone = await resume(fixture.known.listened);
    const updated = { method: 'notifications/resources/updated', params: { uri: 'calculator://history' } };
    expect(await standalone.message()).toMatchObject(updated);
    // The steps would be log messages, were they not below the level that the session has set.
    const silent = await post(url, callOf('demo_progress', { steps: 1 }), headers);
    expect(await silent.text()).not.toContain('notifications/message');
    await ask(url, headers, callOf('calculate', { a: 1, b: 1, op: 'add' }));
    expect(await standalone.message()).toMatchObject(updated);
    await standalone.close();
    const info = await ask(url, headers, request('resources/read', { uri: 'session://info' }));
    expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: 4 });

    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(200);
    const left = (await redis.command('keys', '*')) as string[];
    expect(left.filter((key) => key.includes(fixture.known.session))).toEqual([]);
    await server.stop();
  });

  it('is served with its clients, grants and tokens', async () => {
    const { origin, stop } = await start(['auth-server', '--redis', redis.url]);
    const client = RawClient.withId(origin, fixture.auth.clientId);
    const { status, body } = await client.refresh(fixture.auth.refresh);
    expect([status, body.scope]).toEqual([200, 'mcp']);
    expect((await client.refresh(fixture.auth.refresh)).body.error).toBe('invalid_grant');
    await stop();
  });
});

describe('a record of a newer version than this node knows', () => {
  const lines: { fields: object; text: string }[] = [];
  const warn = (fields: object, text: string) => void lines.push({ fields, text });
  const logger = { debug() {}, info() {}, warn, error() {} } as unknown as Logger;
  let storage: Storage;
  beforeEach(async () => {
    storage = await openRedisStorage({ ...DEFAULTS, url: redis.url, logger });
    lines.length = 0;
  });
  afterEach(async () => {
    await storage.close();
    await redis.flush();
  });
  const warned = expect.objectContaining({
    fields: { version: '2', known: '1' },
    text: expect.stringContaining('newer version') as string,
  }) as unknown;

  it('is there, but not for this node: every use of the session is refused, with a line in the log, and changes nothing', async () => {
    const { sessions, events } = storage;
    await sessions.create(session('s'));
    await events.append({ sessionId: 's', streamId: 'x', messages: ['{}'] });
    await redis.command('hset', RECORD, 'v', '2');
    const before = await redis.command('hgetall', RECORD);
    const uses: Record<string, () => Promise<unknown>> = {
      create: () => sessions.create(session('s')),
      touch: () => sessions.touch('s'),
      'touch of another owner': () => sessions.touch('s', 'alice'),
      peek: () => sessions.peek('s'),
      renew: () => sessions.renew('s'),
      update: () => sessions.update('s', { logLevel: 'error' }),
      subscriptions: () => sessions.subscriptions('s'),
      isSubscribed: () => sessions.isSubscribed('s', 'a://b'),
      appendHistory: () => sessions.appendHistory('s', { id: '1' }),
      history: () => sessions.history('s', 10),
      end: () => sessions.end('s'),
      append: () => events.append({ sessionId: 's', streamId: 'x', messages: ['{}'] }),
      read: () => events.read('s', 'x'),
      newest: () => events.newest('s', 'x'),
      follow: () => events.follow('s', 'x', () => undefined),
    };
    for (const [name, use] of Object.entries(uses)) {
      lines.length = 0;
      await expect(use(), name).rejects.toThrow(StoreUnavailableError);
      expect(lines, name).toEqual([warned]);
    }
    expect(await redis.command('hgetall', RECORD)).toEqual(before);
  });

  it('is refused as a value, which nobody then takes away', async () => {
    const { values } = storage;
    const key = 'mcp-calc:auth:k';
    await values.put('k', { a: 1 }, 60_000);
    await redis.command(
      'set',
      key,
      String(await redis.command('get', key)).replace('"recordVersion":1', '"recordVersion":2'),
    );
    await expect(values.read('k')).rejects.toThrow(StoreUnavailableError);
    await expect(values.take('k')).rejects.toThrow(StoreUnavailableError);
    expect(lines).toEqual([warned, warned]);
    expect(await redis.command('exists', key)).toBe(1);
  });

  it('is what one without a version is not: that is of 1.0.0', async () => {
    const { sessions, values } = storage;
    await sessions.create(session('s'));
    await redis.command('hdel', RECORD, 'v');
    expect((await sessions.touch('s'))?.requestCount).toBe(1);
    await redis.command('set', 'mcp-calc:auth:k', '{"a":1}');
    expect(await values.read('k')).toEqual([{ a: 1 }]);
    expect(await values.take('k')).toEqual({ a: 1 });
    expect(lines).toEqual([]);
  });

  it('answers 503 at a node', async () => {
    const server = await start(['http', '--redis', redis.url]);
    await storage.sessions.create(session('s'));
    await redis.command('hset', RECORD, 'v', '2');
    const answer = await post(`${server.origin}/mcp`, request('ping'), { 'Mcp-Session-Id': 's' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    await server.stop();
  });
});
