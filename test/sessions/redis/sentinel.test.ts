import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRedisStorage } from '../../../src/sessions/redis/index.js';
import { DEFAULTS, session, until } from '../../contract/subject.js';
import { type RedisServer, startRedis } from '../../helpers/redis.js';
import { type RedisSentinel, startSentinel } from '../../helpers/redis-sentinel.js';

/** How long a failover may take with the sentinel's timing below, and our way back, ms. */
const FAILOVER_MS = 10_000;

describe('Redis behind Sentinel', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let sentinel: RedisSentinel;

  beforeAll(async () => {
    master = await startRedis();
    replica = await startRedis({
      args: ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0'],
    });
    await until(
      async () => /master_link_status:up/.test(String(await replica.command('info', 'replication'))),
      FAILOVER_MS,
    );
    sentinel = await startSentinel('calc', master);
  });
  afterAll(async () => {
    await sentinel.stop();
    await Promise.all([master.stop(), replica.stop()]);
  });

  it('finds the master by its name, and the next one when it dies', async () => {
    const options = {
      ...DEFAULTS,
      url: 'redis://',
      sentinel: { name: 'calc', hosts: [{ host: '127.0.0.1', port: sentinel.port }] },
    };
    const storage = await openRedisStorage(options);
    try {
      await storage.sessions.create(session('s'));
      await until(async () => (await replica.command('exists', 'mcp-calc:{s}:session')) === 1);
      expect(await replica.command('exists', 'mcp-calc:{s}:session')).toBe(1);
      await until(async () => /num-slaves,1|slaves=1/.test(String(await sentinelInfo())), FAILOVER_MS);
      await master.kill();
      await until(() => storage.status() !== 'ready');
      await until(() => storage.status() === 'ready', FAILOVER_MS);
      expect(await storage.sessions.touch('s')).toMatchObject({ requestCount: 1 });
      expect(await replica.command('hget', 'mcp-calc:{s}:session', 'requestCount')).toBe('1');
    } finally {
      await storage.close();
    }
  });

  async function sentinelInfo(): Promise<unknown> {
    const { Redis } = await import('ioredis');
    const connection = new Redis(sentinel.port);
    try {
      return await connection.info('sentinel');
    } finally {
      connection.disconnect();
    }
  }
});
