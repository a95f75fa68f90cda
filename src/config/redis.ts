import { bracketed } from '../net/addresses.js';
import type { Reading } from './read.js';
import { flagName } from './setting.js';
import type { Setting } from './setting.js';
import { redisSettings } from './settings/redis.js';
import type { SentinelAddress } from './settings/redis.js';

export interface RedisConfig {
  /** `redis://` or `rediss://`, several of a cluster between commas, passwords included: never to be logged. */
  readonly url: string;
  /** Whether the URLs are nodes of a Redis Cluster. */
  readonly cluster: boolean;
  readonly sentinel: (SentinelAddress & { readonly password?: string }) | undefined;
  /** First part of every key, the colon at its end included. */
  readonly prefix: string;
  /** Replicas that must have a write before it is acknowledged. */
  readonly wait: number;
  /** The flag or the variable that turned Redis on, for the start line. */
  readonly turnedOnBy: string;
}

/**
 * The Redis to use. `--no-redis` turns it off and any other of its flags on; without a flag USE_REDIS decides; without
 * that, a variable that names it (REDIS_URL, REDIS_SENTINEL) turns it on. The others alone do not.
 */
export function redisConfig({ values, from }: Reading, problems: string[]): RedisConfig | undefined {
  const flag = FLAGGED.find((name) => from[name] === 'flag');
  if (from.useRedis === 'flag') {
    if (flag) problems.push(`--no-redis (USE_REDIS) and ${named(flag)} exclude each other: give one`);
    return undefined;
  }
  const address = ADDRESSES.find((name) => from[name] === 'env');
  const turnsOn = flag ?? (values.useRedis === undefined ? address : values.useRedis ? 'useRedis' : undefined);
  if (turnsOn === undefined) return undefined;
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
    wait: values.redisWait,
    turnedOnBy: turnsOn === flag ? named(turnsOn) : redisSettings[turnsOn].env,
  };
}

type Name = keyof typeof redisSettings;
const FLAGGED = (Object.keys(redisSettings) as Name[]).filter((name) => name !== 'useRedis');
/** What alone says where a Redis is. */
const ADDRESSES = ['redis', 'redisSentinel'] as const;

function named(name: Name): string {
  const setting: Setting = redisSettings[name];
  return flagName(setting) ?? setting.env;
}

/** The URL with the plain scheme that ioredis knows, the password and TLS in it. */
function completed(written: string, password: string | undefined, tls: boolean): string {
  const url = new URL(written.replace(/\+cluster:/i, ':'));
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password);
  // `URL.protocol` can't be set where Node doesn't know the scheme.
  return tls ? url.href.replace(/^redis:/, 'rediss:') : url.href;
}
