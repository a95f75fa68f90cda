import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { Nodes } from '../helpers/nodes.js';
import { startNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

describe('what a request costs Redis, counted through the whole server', () => {
  let redis: RedisServer;
  let nodes: Nodes;
  let url: string;

  beforeAll(async () => {
    redis = await startRedis();
    nodes = await startNodes({ redisUrl: redis.url, count: 1 });
    url = String(nodes.servers[0]?.url);
  });

  afterAll(async () => {
    await nodes.close();
    await redis.stop();
  });

  /** The commands that the node sends while something runs, without its heartbeat. */
  const sent = async (run: () => Promise<unknown>): Promise<string[]> => {
    const commands: string[] = [];
    const watcher = new Redis(redis.port);
    const monitor = await watcher.monitor();
    try {
      monitor.on('monitor', (_time: string, args: string[], source: string) => {
        if (source !== 'lua' && !args.some((arg) => arg.endsWith(':lease')))
          commands.push(String(args[0]).toLowerCase());
      });
      await run();
      await watcher.echo('done');
      await eventually(() => expect(commands).toContain('echo'));
      return commands.slice(0, commands.indexOf('echo'));
    } finally {
      monitor.disconnect();
      watcher.disconnect();
    }
  };
  const calculation = callOf('calculate', { a: 1, b: 2, op: 'add' });

  test('one round trip loads the session, counts the request and renews its TTL; a calculation costs a second', async () => {
    const session = await openSession(url);
    const key = `mcp-calc:{${session['Mcp-Session-Id']}}:session`;
    await ask(url, session, calculation); // Redis learns the scripts
    const before = Number(await redis.command('hget', key, 'requestCount'));
    await redis.command('pexpire', key, 10_000);

    expect(await sent(() => ask(url, session, request('ping')))).toEqual(['evalsha']);
    expect(Number(await redis.command('hget', key, 'requestCount'))).toBe(before + 1);
    expect(Number(await redis.command('pttl', key))).toBeGreaterThan(50_000);

    expect(await sent(() => ask(url, session, request('tools/list')))).toEqual(['evalsha']);
    expect(await sent(() => ask(url, session, calculation))).toEqual(['evalsha', 'evalsha']);
  });

  test('a notification costs one, and a request without a session none', async () => {
    const session = await openSession(url);
    expect(await sent(() => post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, session))).toEqual([
      'evalsha',
    ]);
    expect(await sent(() => post(url, request('ping')))).toEqual([]);
  });
});
