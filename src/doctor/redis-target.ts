import { connect } from 'node:net';
import { resolveConfig } from '../config/index.js';
import type { RedisConfig } from '../config/index.js';
import type { DoctorContext } from './context.js';

export interface FoundRedis {
  readonly target: RedisConfig;
  /** What names it; undefined where nothing does, and it is the one of the default address. */
  readonly namedBy: string | undefined;
  /** Whether `mcp-calc http` would use it without a flag. */
  readonly turnedOn: boolean;
}

const TRIAL_MS = 500;
const NAMING = ['REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'REDIS_SENTINEL', 'REDIS_CLUSTER'];

/** The Redis that the flag or the variables name, else the default one. Throws a ConfigError where they are wrong. */
export function redisTarget({ env, redis }: Pick<DoctorContext, 'env' | 'redis'>): FoundRedis {
  const variables = Object.fromEntries(
    Object.entries(env).filter(([name]) => name.startsWith('REDIS_') || name === 'USE_REDIS'),
  );
  const target = resolveConfig('http', { redis: redis ?? true }, variables).redis;
  if (target === undefined) throw new TypeError('--redis turned no Redis on');
  const turnedOnBy = resolveConfig('http', {}, variables).redis?.turnedOnBy;
  const namedBy =
    redis === undefined ? (turnedOnBy ?? NAMING.find((name) => (variables[name] ?? '').trim() !== '')) : '--redis';
  return { target, namedBy, turnedOn: turnedOnBy !== undefined };
}

/** Whether anything accepts connections at the first address of a target: cheap, and loads no client. */
export function isListening({ url }: RedisConfig): Promise<boolean> {
  const { hostname, port } = new URL(url.split(',')[0] ?? '');
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6_379), timeout: TRIAL_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => settle(true))
      .once('timeout', () => settle(false))
      .once('error', () => settle(false));
  });
}
