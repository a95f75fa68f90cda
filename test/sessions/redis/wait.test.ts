import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { StoreUnavailableError } from '../../../src/sessions/errors.js';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session, until } from '../../contract/subject.js';
import { type RedisServer, startRedis, startReplica } from '../../helpers/redis.js';

describe('Waiting for a replica', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let storage: Storage;

  beforeEach(async () => {
    master = await startRedis();
    replica = await startReplica(master);
    storage = await openRedisStorage({ ...DEFAULTS, url: master.url, wait: 1 });
  });
  afterEach(async () => {
    replica.resume();
    await storage.close();
    await Promise.all([master.stop(), replica.stop()]);
  });

  it('acknowledges what the replica has, and nothing that it has not', async () => {
    await storage.sessions.create(session('s'));
    for (let i = 1; i <= 20; i++) expect(await storage.sessions.appendHistory('s', { id: String(i) })).toBe(i);
    // The master is lost in this moment: the replica has all of it.
    expect(await replica.command('hget', 'mcp-calc:{s}:session', 'calculationCount')).toBe('20');
    const kept = await storage.events.append({ sessionId: 's', streamId: 'x', messages: ['{}'] });
    expect(await replica.command('xlen', 'mcp-calc:{s}:events:x')).toBe(1);
    expect(kept).toHaveLength(1);

    replica.pause();
    const started = performance.now();
    await expect(storage.sessions.appendHistory('s', { id: 'late' })).rejects.toThrow(StoreUnavailableError);
    expect(performance.now() - started).toBeLessThan(1_500);
    // Nobody waits behind it.
    const refused = performance.now();
    await expect(storage.sessions.create(session('t'))).rejects.toThrow(StoreUnavailableError);
    expect(performance.now() - refused).toBeLessThan(100);
    await expect(storage.ping()).rejects.toThrow(StoreUnavailableError);
    await until(() => storage.status() === 'refusing');
    expect(storage.status()).toBe('refusing');

    replica.resume();
    await until(() => storage.status() === 'ready', 5_000);
    await storage.ping();
    // It was not acknowledged, and is there all the same.
    expect(await storage.sessions.appendHistory('s', { id: 'after' })).toBe(22);
    expect(await replica.command('hget', 'mcp-calc:{s}:session', 'calculationCount')).toBe('22');
  });

  it('learns its scripts again when Redis has forgotten them', async () => {
    await storage.sessions.create(session('s'));
    await master.command('script', 'flush');
    expect(await storage.sessions.appendHistory('s', { id: '1' })).toBe(1);
  });
});
