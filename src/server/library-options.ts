import { ConfigError, resolveConfig } from '../config/index.js';
import type { Flags, HttpConfig, settings } from '../config/index.js';

/** The settings of `mcp-calc http` that mean something inside somebody else's server; the others are that server's own. */
const SETTINGS = [
  'stateful',
  'stateless',
  'strict',
  'sseAfter',
  'keepAlive',
  'drainTimeout',
  'historyLimit',
  'era',
  'lenientHeaders',
  'stateKey',
  'stateTtl',
  'taskAfter',
  'taskTtl',
  'sessionTtl',
  'maxSessions',
  'bodyLimit',
  'callTimeout',
  'redis',
  'redisHost',
  'redisPort',
  'redisPassword',
  'redisTls',
  'redisCluster',
  'redisSentinel',
  'redisSentinelPassword',
  'redisWait',
  'redisPrefix',
  'rateLimit',
  'rateLimitMax',
  'rateLimitWindow',
  'allowedHosts',
  'allowedOrigins',
  'corsOrigin',
  'trustProxy',
  'logLevel',
] as const;

type Name = (typeof SETTINGS)[number];
type ValueOf<S> = S extends { readonly kind: { parse(text: string): infer T } } ? Exclude<T, undefined> : never;
type Given<T> = T extends boolean
  ? boolean
  : T extends number
    ? number | string
    : T extends string
      ? T
      : T extends readonly unknown[]
        ? string | readonly string[]
        : string;

/**
 * The flags of `mcp-calc http`, by their names in camel case and with the values that they take: `{ sessionTtl: '1h', redis:
 * 'redis://localhost:6379', allowedHosts: ['app.example.com'] }`. A number without a unit is what it is there.
 */
export type ServerOptions = { readonly [K in Exclude<Name, 'redis'>]?: Given<ValueOf<(typeof settings)[K]>> } & {
  /** A URL; true for the one that `--redis` means alone. */
  readonly redis?: string | boolean;
};

/** What a library logs where nobody says: what has gone wrong. */
const QUIET = { logLevel: 'warn' };

/**
 * Resolves the options as the command line's flags are; no variable is looked at. Throws a ConfigError that names everything that is
 * wrong, an option that does not exist included.
 */
export function libraryConfig(options: ServerOptions): HttpConfig {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const unknown = given.filter(([name]) => !(SETTINGS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new ConfigError(unknown.map(([name]) => `${name} is not an option here`));
  const flags: Flags = Object.fromEntries(given.map(([name, value]) => [name, asFlag(value)]));
  return resolveConfig('http', { ...QUIET, ...flags, ...(options.redis === false && NO_REDIS) }, {});
}

/** As commander reports `--no-redis`. */
const NO_REDIS = { redis: undefined };

function asFlag(value: unknown): unknown {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'boolean' ? value : String(value);
}
