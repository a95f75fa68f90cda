import { bindAddress } from '../addresses.js';
import { integer, onOff, secretText, text, trimmed } from '../kinds.js';
import type { Kind } from '../kinds.js';
import { defineSettings } from '../setting.js';

/** The master's name and the sentinels that know it. */
export interface SentinelAddress {
  readonly name: string;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
}

const REDIS_URL = /^(rediss?)(\+cluster)?:\/\/[^\s/,]+(\/\d{0,5})?$/i;

/** One URL, or several of one cluster between commas. */
function redisUrl(): Kind<string> {
  const isUrl = (url: string): boolean => REDIS_URL.test(url) && URL.canParse(url);
  const areUrls = (urls: string): boolean => urls.split(',').every((url) => isUrl(url.trim()));
  return trimmed(
    areUrls,
    'a URL such as redis://localhost:6379/0, rediss://… with TLS, or redis+cluster://… for a cluster (several between commas)',
  );
}

const SENTINEL_PORT = 26_379;

const SENTINELS = /^[\w.-]+@[\w.-]+(:\d{1,5})?(\s*,\s*[\w.-]+(:\d{1,5})?)*$/;

function sentinelAddress(): Kind<SentinelAddress> {
  const parse = (text: string) => {
    if (!SENTINELS.test(text.trim())) return undefined;
    const [name = '', addresses = ''] = text.trim().split('@');
    const hosts = addresses.split(',').map((address) => {
      const [host = '', port = SENTINEL_PORT] = address.trim().split(':');
      return { host, port: Number(port) };
    });
    return hosts.every(({ port }) => port > 0 && port < 65_536) ? { name, hosts } : undefined;
  };
  return { parse, allowed: 'the master and its sentinels: name@host:port,host:port' };
}

/** The store that nodes share. Any `--redis…` flag turns it on; without one USE_REDIS decides; without both an address does. */
export const redisSettings = defineSettings(
  { group: 'Redis', commands: ['sse', 'http', 'auth-server'], byRule: true },
  {
    redis: {
      flag: '--redis [url]',
      env: 'REDIS_URL',
      kind: redisUrl(),
      shown: 'redis://localhost:6379',
      description: 'keep sessions in Redis, where every node finds them',
    },
    useRedis: {
      flag: '--no-redis',
      env: 'USE_REDIS',
      kind: onOff(),
      shown: 'true where REDIS_URL or REDIS_SENTINEL is set',
      description: 'use no Redis, whatever the variables say; USE_REDIS=true is --redis, and false --no-redis',
    },
    redisHost: {
      env: 'REDIS_HOST',
      kind: bindAddress(),
      default: 'localhost',
      description: 'host of Redis, where there is no REDIS_URL',
    },
    redisPort: {
      env: 'REDIS_PORT',
      kind: integer(1, 65_535),
      default: 6_379,
      description: 'port of Redis, where there is no REDIS_URL',
    },
    redisPassword: {
      env: 'REDIS_PASSWORD',
      kind: secretText(1),
      secret: true,
      description: 'password of Redis, where the URL has none',
    },
    redisTls: {
      env: 'REDIS_TLS',
      kind: onOff(),
      default: false,
      description: 'speak TLS with Redis, as rediss:// does',
    },
    redisCluster: {
      flag: '--redis-cluster',
      env: 'REDIS_CLUSTER',
      kind: onOff(),
      default: false,
      description: 'the URL is a node of a Redis Cluster',
    },
    redisSentinel: {
      flag: '--redis-sentinel <address>',
      env: 'REDIS_SENTINEL',
      kind: sentinelAddress(),
      description: 'find the master by its sentinels: name@host:port,…',
    },
    redisSentinelPassword: {
      env: 'REDIS_SENTINEL_PASSWORD',
      kind: secretText(1),
      secret: true,
      description: 'password of the sentinels, where they have one',
    },
    redisWait: {
      flag: '--redis-wait <replicas>',
      env: 'REDIS_WAIT',
      kind: integer(0, 16),
      default: 0,
      description: 'acknowledge only what so many replicas have; else the answer is 503',
    },
    redisPrefix: {
      flag: '--redis-prefix <prefix>',
      env: 'REDIS_PREFIX',
      // No braces: the session id alone is the hash tag.
      kind: text(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits, _, -, . or :'),
      default: 'mcp-calc',
      description: 'first part of every key',
    },
  },
);
