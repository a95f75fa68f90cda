import { bracketed } from '../net/addresses.js';
import type { Reading } from './read.js';
import type { SentinelAddress } from './settings/redis.js';

export interface RedisConfig {
  /** `redis://` or `rediss://`, several of a cluster between commas, passwords included: never to be logged. */
  readonly url: string;
  /** Whether the URLs are nodes of a Redis Cluster. */
  readonly cluster: boolean;
  readonly sentinel: (SentinelAddress & { readonly password?: string }) | undefined;
  /** First part of every key, the colon at its end included. */
  readonly prefix: string;
}

/** The Redis to use: turned on by USE_REDIS or by any of its flags; the other variables alone turn nothing on. */
export function redisConfig({ values, from }: Reading, problems: string[]): RedisConfig | undefined {
  const flagged = Object.entries(from).some(([name, origin]) => name.startsWith('redis') && origin === 'flag');
  if (!values.useRedis && !flagged) return undefined;
  const written = values.redis ?? `redis://${bracketed(values.redisHost)}:${values.redisPort}`;
  const urls = written.split(',').map((url) => url.trim());
  const cluster = values.redisCluster || urls.some((url) => /^rediss?\+cluster:/i.test(url));
  if (cluster && values.redisSentinel !== undefined) {
    problems.push('--redis-cluster (REDIS_CLUSTER) and --redis-sentinel (REDIS_SENTINEL) exclude each other: give one');
  }
  if (!cluster && urls.length > 1) {
    problems.push(
      '--redis (REDIS_URL): several URLs are for a cluster: add --redis-cluster (REDIS_CLUSTER), or give one',
    );
  }
  return {
    url: urls.map((url) => completed(url, values.redisPassword, values.redisTls)).join(','),
    cluster,
    sentinel: values.redisSentinel && { ...values.redisSentinel, password: values.redisSentinelPassword },
    prefix: `${values.redisPrefix.replace(/:+$/, '')}:`,
  };
}

/** The URL with the plain scheme that ioredis knows, the password and TLS in it. */
function completed(written: string, password: string | undefined, tls: boolean): string {
  const url = new URL(written.replace(/\+cluster:/i, ':'));
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password);
  // `URL.protocol` can't be set where Node doesn't know the scheme.
  return tls ? url.href.replace(/^redis:/, 'rediss:') : url.href;
}
