import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session, until } from '../../contract/subject.js';
import { type RedisServer, startRedis } from '../../helpers/redis.js';

describe('What sessions cost Redis', () => {
  let server: RedisServer;
  let storage: Storage;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    storage = await openRedisStorage({ ...DEFAULTS, url: server.url, ttlMs: 60_000 });
  });
  afterEach(async () => {
    await storage.close();
    await server.flush();
  });

  /** Commands that clients sent while something ran, but for the heartbeat and what watches. */
  const sent = async (run: () => Promise<unknown>): Promise<string[]> => {
    const watched: string[] = [];
    const { Redis } = await import('ioredis');
    const watcher = new Redis(server.port);
    // What it says while it connects would reach a monitor whose client does not yet know that it is one.
    await watcher.ping();
    const monitor = await watcher.monitor();
    monitor.on('monitor', (_time: string, args: string[], source: string) => {
      if (source !== 'lua' && !args.some((arg) => arg.endsWith(':lease'))) watched.push(args[0]?.toLowerCase() ?? '');
    });
    await run();
    await watcher.echo('done');
    await until(() => watched.includes('echo'));
    monitor.disconnect();
    watcher.disconnect();
    return watched.slice(0, watched.indexOf('echo'));
  };

  it('is one round trip for a request, and two with a calculation', async () => {
    await storage.sessions.create(session('s'));
    await storage.sessions.touch('s');
    await storage.sessions.appendHistory('s', { id: 'first' });
    expect(await sent(() => storage.sessions.touch('s'))).toEqual(['evalsha']);
    const calculate = async () => {
      await storage.sessions.touch('s');
      await storage.sessions.appendHistory('s', { id: 'second' });
    };
    expect(await sent(calculate)).toEqual(['evalsha', 'evalsha']);
  });

  it('does not grow with the subscriptions of a session, which a request does not read', async () => {
    await storage.sessions.create(session('s'));
    // A node of 1.0.0 took URIs of any length.
    const uris = Array.from({ length: 20 }, (_, i) => [`sub:a://${i}${'x'.repeat(500_000)}`, '']).flat();
    await server.command('hset', 'mcp-calc:{s}:session', 'subscribed', 20, ...uris);
    const sentBytes = async () =>
      Number(/total_net_output_bytes:(\d+)/.exec(String(await server.command('info', 'stats')))?.[1]);
    const before = await sentBytes();
    for (let i = 0; i < 5; i++) expect((await storage.sessions.touch('s'))?.subscribed).toBe(true);
    await storage.sessions.peek('s');
    expect((await sentBytes()) - before).toBeLessThan(100_000);
  });

  it('is one round trip for a count, and for a value', async () => {
    const { values } = storage;
    await storage.count('k', 60_000);
    await values.take('{g}/none');
    // Watched at once: a second watcher that connects while the first is being asked for confuses its client.
    const commands = await sent(async () => {
      await storage.count('k', 60_000);
      await values.put('{g}/1', {}, 60_000);
      await values.read('{g}/1', '{g}/2');
      await values.claim('{g}/3', 60_000);
      await values.take('{g}/1');
    });
    expect(commands).toEqual(['evalsha', 'set', 'mget', 'set', 'evalsha']);
  });

  it('is no key without an end for counts and values, and none without the prefix', async () => {
    const prefixed = await openRedisStorage({ ...DEFAULTS, url: server.url, prefix: 'mine:' });
    await storage.close();
    await prefixed.count('a', 60_000);
    await prefixed.count('a', 60_000);
    await prefixed.values.put('a', {}, 60_000);
    await prefixed.values.claim('b', 60_000);
    await prefixed.values.renew('a', 30_000);
    const written = (await keys()).filter((key) => !key.endsWith(':lease')).sort();
    expect(written).toEqual(['mine:auth:a', 'mine:auth:b', 'mine:mcp-calc:rate:a']);
    for (const key of written) expect(Number(await server.command('pttl', key)), key).toBeGreaterThan(0);
    await prefixed.close();
  });

  it('is nothing once the sessions have ended', async () => {
    await useEverything('s');
    expect(await storage.sessions.end('s')).toBe(true);
    expect(await keys()).toEqual([`mcp-calc:node:${storage.bus.nodeId}:lease`]);
  });

  it('is nothing once they have expired', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `s-${i}`);
    await Promise.all(ids.map((id) => useEverything(id)));
    const ofSessions = async () => (await keys()).filter((key) => !key.endsWith(':lease'));
    expect((await ofSessions()).length).toBe(300 * 6 + 1);
    // The last use is on a node whose TTL is short, so that all of them were there at once however slow the machine is.
    const brief = await openRedisStorage({ ...DEFAULTS, url: server.url, ttlMs: 100 });
    await Promise.all(ids.map((id) => brief.sessions.touch(id)));
    await until(async () => (await ofSessions()).length === 0);
    expect(await ofSessions()).toEqual([]);
    expect(await storage.sessions.count()).toBe(0);
    await brief.close();
  });

  it('renews all that a session owns with every request', async () => {
    await useEverything('s');
    await server.command(
      'eval',
      `for _, key in ipairs(redis.call('keys', '*{s}*')) do redis.call('pexpire', key, 20000) end`,
      0,
    );
    await server.command('hset', 'mcp-calc:{s}:session', 'renewed', 0);
    await storage.sessions.touch('s');
    const owned = (await keys()).filter((key) => key.includes('{s}'));
    expect(owned.length).toBe(6);
    for (const key of owned) expect(Number(await server.command('pttl', key)), key).toBeGreaterThan(50_000);
  });

  it.each([
    ['with a time that is none', { createdAt: 'yesterday' }],
    ['whose initialize is not JSON', { initialize: '{' }],
  ])('takes a record %s for a missing session', async (_what, fields) => {
    await storage.sessions.create(session('s'));
    await server.command('hset', 'mcp-calc:{s}:session', ...Object.entries(fields).flat());
    expect(await storage.sessions.peek('s')).toBeUndefined();
    expect(await storage.sessions.touch('s')).toBeUndefined();
  });

  it('leaves out an entry of the history that it cannot read', async () => {
    await storage.sessions.create(session('s'));
    await storage.sessions.appendHistory('s', { id: '1' });
    await server.command('lpush', 'mcp-calc:{s}:history', 'not JSON', '{"noId":1}');
    expect(await storage.sessions.history('s', 10)).toEqual([{ id: '1' }]);
  });

  const keys = async () => (await server.command('keys', '*')) as string[];

  async function useEverything(id: string, { sessions, events } = storage): Promise<void> {
    await sessions.create(session(id));
    await events.follow(id, 'x', () => undefined);
    await sessions.update(id, { subscribe: 'a://b', logLevel: 'info', listened: true });
    await sessions.appendHistory(id, { id: '1' });
    await events.append({ sessionId: id, streamId: 'x', messages: ['{}'] });
  }
});
