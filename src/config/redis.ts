import type { RedisConfig } from './config.js';
import type { Reading } from './read.js';
import type { SettingName } from './settings/index.js';

const REDIS_FLAGS: readonly SettingName[] = ['redis', 'redisCluster', 'redisSentinel', 'redisPrefix'];

/** The Redis to use: turned on by USE_REDIS or by any of its flags; the other variables alone turn nothing on. */
export function redisConfig({ values, from }: Reading): RedisConfig | undefined {
  if (!values.useRedis && !REDIS_FLAGS.some((name) => from[name] === 'flag')) return undefined;
  const written = values.redis ?? `redis://${inUrl(values.redisHost)}:${values.redisPort}`;
  const url = new URL(written.replace(/\+cluster:/i, ':'));
  if (url.password === '' && values.redisPassword !== undefined) url.password = encodeURIComponent(values.redisPassword);
  const secure = values.redisTls || url.protocol === 'rediss:';
  return {
    // The protocol of a URL with a scheme that Node doesn't know can't be set.
    url: url.href.replace(/^rediss?:/, secure ? 'rediss:' : 'redis:'),
    cluster: values.redisCluster || /^rediss?\+cluster:/i.test(written),
    sentinel: values.redisSentinel,
    prefix: values.redisPrefix.replace(/:+$/, ''),
  };
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
