import * as z from 'zod';
import { bindAddress } from '../addresses.js';
import { integer, onOff, secretText, text } from '../kinds.js';
import type { Kind } from '../kinds.js';
import { defineSetting } from '../setting.js';

/** The master's name and the sentinels that know it. */
export interface SentinelAddress {
  readonly name: string;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
}

const REDIS_URL = /^(rediss?)(\+cluster)?:\/\/[^\s/,]+(\/\d{0,5})?$/i;

/** One URL, or several of one cluster between commas. */
function redisUrl(): Kind<string> {
  const isUrl = (url: string): boolean => REDIS_URL.test(url) && URL.canParse(url);
  const schema = z.string().trim().refine((urls) => urls.split(',').every((url) => isUrl(url.trim())));
  return { schema, allowed: 'a URL such as redis://localhost:6379/0, rediss://… with TLS, or redis+cluster://… for a cluster (several between commas)' };
}

const SENTINEL_PORT = 26_379;

function sentinelAddress(): Kind<SentinelAddress> {
  const schema = z
    .string()
    .trim()
    .regex(/^[\w.-]+@[\w.-]+(:\d{1,5})?(\s*,\s*[\w.-]+(:\d{1,5})?)*$/)
    .transform((value): SentinelAddress => {
      const [name = '', addresses = ''] = value.split('@');
      return {
        name,
        hosts: addresses.split(',').map((address) => {
          const [host = '', port] = address.trim().split(':');
          return { host, port: port === undefined ? SENTINEL_PORT : Number(port) };
        }),
      };
    })
    .refine(({ hosts }) => hosts.every(({ port }) => port > 0 && port < 65_536));
  return { schema, allowed: 'the master and its sentinels: name@host:port,host:port' };
}

/** The store that nodes share. Any `--redis…` flag turns it on, as USE_REDIS does. */
export const redisSettings = {
  redis: defineSetting({
    flag: '--redis [url]',
    env: 'REDIS_URL',
    kind: redisUrl(),
    shown: 'redis://localhost:6379',
    group: 'Redis',
    description: 'keep sessions in Redis, where every node finds them',
    commands: ['sse', 'http', 'auth-server'],
  }),
  useRedis: defineSetting({
    env: 'USE_REDIS',
    kind: onOff(),
    default: false,
    group: 'Redis',
    description: 'the same as --redis',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisHost: defineSetting({
    env: 'REDIS_HOST',
    kind: bindAddress(),
    default: 'localhost',
    group: 'Redis',
    description: 'host of Redis, where there is no REDIS_URL',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisPort: defineSetting({
    env: 'REDIS_PORT',
    kind: integer(1, 65_535),
    default: 6_379,
    group: 'Redis',
    description: 'port of Redis, where there is no REDIS_URL',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisPassword: defineSetting({
    env: 'REDIS_PASSWORD',
    kind: secretText(1),
    secret: true,
    group: 'Redis',
    description: 'password of Redis, where the URL has none',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisTls: defineSetting({
    env: 'REDIS_TLS',
    kind: onOff(),
    default: false,
    group: 'Redis',
    description: 'speak TLS with Redis, as rediss:// does',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisCluster: defineSetting({
    flag: '--redis-cluster',
    env: 'REDIS_CLUSTER',
    kind: onOff(),
    default: false,
    group: 'Redis',
    description: 'the URL is a node of a Redis Cluster',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisSentinel: defineSetting({
    flag: '--redis-sentinel <address>',
    env: 'REDIS_SENTINEL',
    kind: sentinelAddress(),
    group: 'Redis',
    description: 'find the master by its sentinels: name@host:port,…',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisSentinelPassword: defineSetting({
    env: 'REDIS_SENTINEL_PASSWORD',
    kind: secretText(1),
    secret: true,
    group: 'Redis',
    description: 'password of the sentinels, where they have one',
    commands: ['sse', 'http', 'auth-server'],
  }),
  redisPrefix: defineSetting({
    flag: '--redis-prefix <prefix>',
    env: 'REDIS_PREFIX',
    // No braces: the session id alone is the hash tag.
    kind: text(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits, _, -, . or :'),
    default: 'mcp-calc',
    group: 'Redis',
    description: 'first part of every key',
    commands: ['sse', 'http', 'auth-server'],
  }),
};
