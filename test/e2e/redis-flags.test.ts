import { describe, expect, test } from 'vitest';
import type { RedisServer } from '../helpers/redis.js';
import { freePort, startRedis } from '../helpers/redis.js';
import { startRedisCluster } from '../helpers/redis-cluster.js';
import { startSentinel } from '../helpers/redis-sentinel.js';
import { ask, callOf, openSession, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const SECRET = 'p@ss:word';

/** Two nodes with the same flags: a session of one is one of the other. */
async function serveTogether(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const nodes = await Promise.all([0, 1].map(() => spawnServer(['http', '--stateful', ...args], env)));
  try {
    const [here, there] = nodes.map(({ origin }) => `${origin}/mcp`) as [string, string];
    const session = await openSession(here);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(index % 2 ? here : there, session, callOf('calculate', { a: index, b: 1, op: 'add' })),
      ),
    );
    expect(new Set(answers.map(({ result }) => result?.structuredContent.calculationId)).size).toBe(20);
    const info = await ask(there, session, request('resources/read', { uri: 'session://info' }));
    expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: 20 });
    const { body } = await fetch(`${here.replace('/mcp', '/health')}`).then(async (answer) => ({
      body: await answer.json(),
    }));
    expect(body).toMatchObject({ status: 'healthy', storageMode: 'redis', redis: 'ready' });
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

async function withRedis(
  options: Parameters<typeof startRedis>[0],
  use: (redis: RedisServer) => Promise<void>,
): Promise<void> {
  const redis = await startRedis(options);
  try {
    await use(redis);
  } finally {
    await redis.stop();
  }
}

describe.concurrent('two nodes share their sessions', () => {
  test('in a Redis Cluster, by flag and by URL', async () => {
    const cluster = await startRedisCluster();
    try {
      await serveTogether(['--redis', cluster.url, '--redis-cluster']);
      await serveTogether(['--redis', cluster.url.replaceAll('redis:', 'redis+cluster:')]);
    } finally {
      await cluster.stop();
    }
  });

  test('in the Redis that a sentinel names', async () => {
    await withRedis({}, async (redis) => {
      const sentinel = await startSentinel('calc', redis);
      try {
        await serveTogether(['--redis-sentinel', `calc@127.0.0.1:${sentinel.port}`]);
      } finally {
        await sentinel.stop();
      }
    });
  });

  test('in a database of their own, under a prefix of their own, with a password from the environment', async () => {
    await withRedis({ args: ['--requirepass', SECRET], client: { password: SECRET } }, async (redis) => {
      await serveTogether(['--redis', `${redis.url}/3`, '--redis-prefix', 'mine'], { REDIS_PASSWORD: SECRET });
      expect(String(await redis.command('info', 'keyspace'))).toMatch(/db3:/);
      expect(String(await redis.command('info', 'keyspace'))).not.toMatch(/db0:/);
    });
  });
});

test('a Redis that can not be used is one clear line and exit code 4, within seconds', async () => {
  const port = await freePort();
  const serve = (command: string, url: string) => runCli([command, '--redis', url, '--port', '0']);
  await withRedis({ args: ['--requirepass', SECRET], client: { password: SECRET } }, async (redis) => {
    const wrong = await serve('http', redis.url.replace('//', '//:guessed@'));
    expect([wrong.code, wrong.stderr]).toEqual([
      4,
      expect.stringMatching(/^mcp-calc: Redis can't be reached: redis:\/\/127[^\n]*WRONGPASS[^\n]*\n$/) as string,
    ]);
    expect(wrong.stderr).not.toContain('guessed');
    expect(wrong.ms).toBeLessThan(6_000);

    redis.pause();
    const [absent, hanging] = await Promise.all([serve('http', `redis://127.0.0.1:${port}`), serve('sse', redis.url)]);
    redis.resume();
    expect([absent.code, absent.stderr]).toEqual([
      4,
      `mcp-calc: Redis can't be reached: redis://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    ]);
    expect([hanging.code, hanging.stderr]).toEqual([
      4,
      `mcp-calc: Redis can't be reached: ${redis.url}: no answer within 4000 ms\n`,
    ]);
    expect(Math.max(absent.ms, hanging.ms)).toBeLessThan(10_000);
  });
});

test('REDIS_URL alone turns Redis on, as the start line says; --no-redis turns it off; eviction is warned of', async () => {
  await withRedis({ args: ['--maxmemory-policy', 'volatile-lru'] }, async ({ url }) => {
    const start = async (args: string[]) => {
      const server = await spawnServer(['http', '--history-limit', '5', ...args], { REDIS_URL: url });
      await server.stop();
      return server.log.map((line) => (JSON.parse(line) as { message: string }).message).join('\n');
    };
    const [on, off] = await Promise.all([start([]), start(['--no-redis'])]);
    expect(on).toMatch(/^listening on \S+ \(stateful, sessions in Redis by REDIS_URL\)$/m);
    expect(on).toMatch(/^Redis throws sessions away .*volatile-lru.* noeviction$/m);
    expect(off).toMatch(/^listening on \S+ \(stateful, sessions in memory\)$/m);
    expect(off).not.toContain('volatile-lru');
  });
});
