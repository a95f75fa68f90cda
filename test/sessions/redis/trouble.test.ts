import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { StoreUnavailableError } from '../../../src/sessions/errors.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session, until } from '../../contract/subject.js';
import { type RedisServer, startRedis } from '../../helpers/redis.js';

/** How soon after Redis is back all must be well, ms. */
const RECOVERY_MS = 2_000;

describe('Redis in trouble', () => {
  let server: RedisServer;
  let here: Storage;
  let there: Storage;
  let errors: string[];

  beforeEach(async () => {
    errors = [];
    server = await startRedis({ args: ['--appendonly', 'yes'] });
    const options = { ...DEFAULTS, url: server.url, onError: (kind: string) => errors.push(kind) };
    [here, there] = await Promise.all([openRedisStorage(options), openRedisStorage(options)]);
  });
  afterEach(async () => {
    server.resume();
    await Promise.all([here.close(), there.close()]);
    await server.stop();
  });

  const elapsed = async (attempt: Promise<unknown>) => {
    const start = performance.now();
    await expect(attempt).rejects.toThrow(StoreUnavailableError);
    return performance.now() - start;
  };
  const ready = () => here.status() === 'ready' && there.status() === 'ready';

  it('refuses while Redis is killed, and serves what was acknowledged within 2 s of its return', async () => {
    await here.sessions.create(session('s'));
    for (let i = 0; i < 5; i++) await here.sessions.appendHistory('s', { id: String(i) });
    const [first] = await here.events.append({ sessionId: 's', streamId: 'x', messages: ['before'] });
    let woken = 0;
    await there.events.follow('s', 'x', () => woken++);
    const told: string[] = [];
    there.bus.onMessage(({ kind }) => told.push(kind));

    await server.kill();
    await until(() => here.status() !== 'ready' && there.status() !== 'ready');
    expect(here.status()).not.toBe('ready');
    expect(await elapsed(here.sessions.touch('s'))).toBeLessThan(500);
    expect(await elapsed(here.events.append({ sessionId: 's', streamId: 'x', messages: ['lost'] }))).toBeLessThan(500);
    expect(await elapsed(here.ping())).toBeLessThan(500);
    expect(errors.length).toBeGreaterThanOrEqual(3);

    await server.restart();
    const back = performance.now();
    await until(ready, RECOVERY_MS);
    await until(() => woken > 0, RECOVERY_MS);
    expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
    expect([here.status(), there.status(), woken > 0]).toEqual(['ready', 'ready', true]);

    expect(await here.sessions.touch('s')).toMatchObject({ calculationCount: 5, requestCount: 1 });
    expect((await there.sessions.history('s', 10)).length).toBe(5);
    expect((await there.events.read('s', 'x')).map(({ id }) => id)).toEqual([first]);
    woken = 0;
    await here.events.append({ sessionId: 's', streamId: 'x', messages: ['after'] });
    expect(await here.bus.send(there.bus.nodeId, { kind: 'hello', sessionId: 's' })).toBe(true);
    await here.bus.tellAll({ kind: 'all', sessionId: 's' });
    await until(() => woken > 0 && told.length === 2);
    expect(woken).toBeGreaterThan(0);
    expect(told).toEqual(['hello', 'all']);
  });

  it('fails within 2 s while Redis hangs, then at once, and takes no live node for dead afterwards', async () => {
    await here.sessions.create(session('s'));
    server.pause();
    const waited = await Promise.all([
      elapsed(here.sessions.touch('s')),
      elapsed(here.sessions.peek('s')),
      elapsed(here.ping()),
    ]);
    expect(Math.max(...waited)).toBeLessThan(2_500);
    expect(here.status()).toBe('unavailable');
    expect(await elapsed(here.sessions.touch('s'))).toBeLessThan(100);
    expect(errors).toContain('timeout');
    // Longer than a lease, so that both have run out when Redis goes on.
    await until(() => false, 2_000);

    server.resume();
    const back = performance.now();
    await until(ready, RECOVERY_MS);
    expect(performance.now() - back).toBeLessThan(RECOVERY_MS);
    expect(await here.bus.isAlive(there.bus.nodeId)).toBe(true);
    expect(await there.bus.isAlive(here.bus.nodeId)).toBe(true);
    expect((await here.sessions.touch('s'))?.requestCount).toBeGreaterThan(0);
    let woken = 0;
    await there.events.follow('s', 'x', () => woken++);
    await here.events.append({ sessionId: 's', streamId: 'x', messages: [''] });
    await until(() => woken > 0);
    expect(woken).toBeGreaterThan(0);
  });

  it('lets a count wait for a quarter of that, and counts on when Redis is back', async () => {
    await here.count('k', 60_000);
    server.pause();
    const waited = await elapsed(here.count('k', 60_000));
    expect(waited).toBeGreaterThan(400);
    expect(waited).toBeLessThan(1_500);
    // Counting slowly is not yet an outage.
    expect(here.status()).toBe('ready');
    await elapsed(here.values.read('k'));
    expect(await elapsed(here.count('k', 60_000))).toBeLessThan(100);
    server.resume();
    await until(ready, RECOVERY_MS);
    expect((await here.count('k', 60_000)).hits).toBeGreaterThan(1);

    await server.kill();
    await until(() => !ready());
    expect(await elapsed(here.count('k', 60_000))).toBeLessThan(100);
    await server.restart();
    await until(ready, RECOVERY_MS);
    expect((await there.count('k', 60_000)).hits).toBeGreaterThan(0);
  });

  it('listens again, and follows what it followed, when only its subscription was cut', async () => {
    await here.sessions.create(session('s'));
    let woken = 0;
    await there.events.follow('s', 'x', () => woken++);
    await server.command('client', 'kill', 'type', 'pubsub');
    await until(() => woken > 0, RECOVERY_MS);
    expect(woken).toBeGreaterThan(0);
    await until(ready, RECOVERY_MS);
    const wokenByRestore = woken;
    await here.events.append({ sessionId: 's', streamId: 'x', messages: [''] });
    await until(() => woken > wokenByRestore);
    expect(woken).toBeGreaterThan(wokenByRestore);
  });

  it('learns its scripts again when Redis has forgotten them', async () => {
    await here.sessions.create(session('s'));
    await here.count('k', 60_000);
    await server.command('script', 'flush');
    expect(await here.sessions.touch('s')).toMatchObject({ requestCount: 1 });
    expect(await here.count('k', 60_000)).toMatchObject({ hits: 2 });
    expect(errors).toEqual([]);
  });

  it('does not take a key of another kind for a missing session', async () => {
    await server.command('set', 'mcp-calc:{s}:session', 'text');
    await expect(here.sessions.touch('s')).rejects.toThrow(StoreUnavailableError);
    expect(errors).toEqual(['reply']);
    expect(here.status()).toBe('ready');
  });

  it('knows within the lease that a node has died without a word', async () => {
    const dead = 'd'.repeat(16);
    await server.command('set', `mcp-calc:node:${dead}:lease`, '1', 'px', 100);
    expect(await here.bus.isAlive(dead)).toBe(true);
    await until(async () => !(await here.bus.isAlive(dead)));
    expect(await here.bus.isAlive(dead)).toBe(false);
    const lease = Number(await server.command('pttl', `mcp-calc:node:${there.bus.nodeId}:lease`));
    expect(lease).toBeGreaterThan(0);
    expect(lease).toBeLessThanOrEqual(3_000);
  });

  it('lets nobody follow changes who could not be told of them, whoever began to follow meanwhile', async () => {
    server.pause();
    const follow = () => here.changes.follow(() => undefined);
    const outcomes = await Promise.allSettled([follow(), follow()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('says anew who follows changes once Redis is back, which the other nodes may have forgotten meanwhile', async () => {
    await here.changes.follow(() => undefined);
    const told: string[] = [];
    there.bus.onMessage(({ kind }) => told.push(kind));
    await server.kill();
    await until(() => here.status() !== 'ready' && there.status() !== 'ready');
    told.length = 0;
    await server.restart();
    await until(() => ready() && told.includes('changes-wanted'), RECOVERY_MS);
    expect(told).toContain('changes-wanted');
  });
});
