import { expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/index.js';
import type { RedisConfig } from '../../src/config/index.js';

function redis(flags: Record<string, unknown>, env: Record<string, string> = {}): RedisConfig | undefined {
  return resolveConfig('http', flags, env).redis;
}

const URL_ALONE = { REDIS_URL: 'redis://elsewhere:6379' };

it('is not used unless a flag, USE_REDIS or a variable that names it says so', () => {
  expect(redis({}, { REDIS_HOST: 'elsewhere', REDIS_PORT: '6390', REDIS_PASSWORD: 'x' })).toBeUndefined();
  expect(redis({}, { USE_REDIS: 'false' })).toBeUndefined();
  expect(redis({}, URL_ALONE)).toMatchObject({ url: 'redis://elsewhere:6379', turnedOnBy: 'REDIS_URL' });
  expect(redis({}, { REDIS_SENTINEL: 'main@s1' })?.turnedOnBy).toBe('REDIS_SENTINEL');
});

it('is turned on and off by flags, and without them by USE_REDIS', () => {
  expect(redis({ redis: false }, { ...URL_ALONE, USE_REDIS: 'true' })).toBeUndefined();
  expect(redis({}, { ...URL_ALONE, USE_REDIS: 'false' })).toBeUndefined();
  expect(redis({}, { ...URL_ALONE, USE_REDIS: 'true' })?.turnedOnBy).toBe('USE_REDIS');
  expect(redis({ redis: true }, { ...URL_ALONE, USE_REDIS: 'false' })?.turnedOnBy).toBe('--redis');
  expect(redis({ redisPrefix: 'mine' })?.turnedOnBy).toBe('--redis-prefix');
  expect(() => redis({ redis: false, redisCluster: true })).toThrow(
    '--no-redis (USE_REDIS) and --redis-cluster exclude each other',
  );
});

it('is on localhost when nothing says where', () => {
  expect(redis({ redis: true })).toEqual({
    url: 'redis://localhost:6379',
    cluster: false,
    sentinel: undefined,
    prefix: 'mcp-calc:',
    wait: 0,
    turnedOnBy: '--redis',
  });
  expect(redis({}, { USE_REDIS: 'true' })?.url).toBe('redis://localhost:6379');
});

it('is where the flag says, then REDIS_URL, then REDIS_HOST and REDIS_PORT', () => {
  const env = { USE_REDIS: '1', REDIS_URL: 'redis://by-url:6379/3', REDIS_HOST: 'by-host', REDIS_PORT: '6390' };
  expect(redis({ redis: 'redis://by-flag:6379' }, env)?.url).toBe('redis://by-flag:6379');
  expect(redis({ redis: true }, env)?.url).toBe('redis://by-url:6379/3');
  expect(redis({}, { ...env, REDIS_URL: '' })?.url).toBe('redis://by-host:6390');
});

it('takes its password and TLS from the variables, where the URL has none', () => {
  const env = { REDIS_PASSWORD: 'a b@/', REDIS_TLS: 'true' };
  const url = redis({ redis: 'redis://r:6379' }, env)?.url ?? '';
  expect(url).toMatch(/^rediss:\/\//);
  expect(decodeURIComponent(new URL(url).password)).toBe('a b@/');
  expect(redis({ redis: 'redis://:own@r:6379' }, env)?.url).toBe('rediss://:own@r:6379');
});

it('may be a cluster, by flag or by URL, with several nodes', () => {
  expect(redis({ redisCluster: true })).toMatchObject({ cluster: true, url: 'redis://localhost:6379' });
  expect(redis({ redis: 'redis+cluster://a:7000,redis+cluster://b:7001' })).toMatchObject({
    cluster: true,
    url: 'redis://a:7000,redis://b:7001',
  });
  expect(() => redis({ redis: 'redis://a:1,redis://b:2' })).toThrow(/--redis-cluster/);
});

it('may be found by its sentinels', () => {
  expect(redis({ redisSentinel: 'main@s1:26380,s2' }, { REDIS_SENTINEL_PASSWORD: 'p' })?.sentinel).toEqual({
    name: 'main',
    hosts: [
      { host: 's1', port: 26_380 },
      { host: 's2', port: 26_379 },
    ],
    password: 'p',
  });
  expect(() => redis({ redisSentinel: 's1:26380' })).toThrow(/name@host:port/);
  expect(() => redis({ redisSentinel: 'm@s1', redisCluster: true })).toThrow(/exclude each other/);
});

it('has a prefix without the braces that would take the place of the hash tag', () => {
  expect(redis({ redisPrefix: 'a:b:' })?.prefix).toBe('a:b:');
  expect(() => redis({ redisPrefix: '{a}' })).toThrow(/--redis-prefix/);
});
