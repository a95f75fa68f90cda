import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import { DEFAULT_HOST, unbracketed } from '../../net/addresses.js';
import type { RedisTarget } from './options.js';
import { COMMAND_TIMEOUT_MS } from './timing.js';

/** What we use of ioredis, alike in standalone, Sentinel and Cluster. */
export interface RedisClient {
  readonly status: string;
  call(command: string, args: (string | number)[]): Promise<unknown>;
  /** Several commands in one go, on one connection: all are sent, or with a connection that breaks all fail. */
  pipeline(commands: (string | number)[][]): { exec(): Promise<[error: Error | null, reply?: unknown][] | null> };
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  disconnect(): void;
}

/** The longest pause between two attempts to connect, ms. */
const RECONNECT_PAUSE_MS = 250;

/** Makers of clients: one for commands, and one for a connection that listens. */
export interface ClientMakers {
  commands(): RedisClient;
  subscriber(): RedisClient;
}

/**
 * Loads ioredis, which only `--redis` needs. A client reconnects by itself, and never sends a command
 * twice: an append would count double.
 */
export async function clientMakers(target: RedisTarget): Promise<ClientMakers> {
  const { Cluster, Redis: Client } = (await import('ioredis')).default;
  const urls = target.url.split(target.cluster ? ',' : '\0').map((url) => new URL(url.trim()));
  const common = commonOptions(urls[0] as URL, target);
  const single = (where: RedisOptions): RedisClient => hardened(new Client({ ...common, ...where, retryStrategy }));
  if (!target.cluster) {
    const where = target.sentinel ? bySentinel(target.sentinel, common) : address(urls[0] as URL);
    return { commands: () => single(where), subscriber: () => single(where) };
  }

  const seeds = urls.map(address);
  let known: () => { host: string; port: number }[] = () => [];
  return {
    commands() {
      const { db: _none, ...redisOptions } = common;
      const cluster = new Cluster(seeds, {
        redisOptions,
        clusterRetryStrategy: retryStrategy,
        retryDelayOnFailover: 0,
        slotsRefreshInterval: COMMAND_TIMEOUT_MS,
        // A certificate names a host; resolving it first would compare it with an address.
        ...(redisOptions.tls && { dnsLookup: (host, done) => done(null, host) }),
      });
      cluster.on('+node', hardened);
      // It keeps a connection for subscriptions of its own, which we never make.
      (cluster as unknown as { subscriber: { start(): void } }).subscriber.start = () => undefined;
      known = () => cluster.nodes().map(({ options }) => ({ host: String(options.host), port: Number(options.port) }));
      return cluster;
    },
    // Any server of a cluster passes every message on. ioredis's own subscriber of a cluster moves to another one
    // without saying so, and what was told meanwhile would be missed in silence.
    subscriber() {
      const servers = known().length > 0 ? known() : seeds;
      return single(servers[randomInt(servers.length)] as RedisOptions);
    },
  };
}

/** The error without the command that ioredis attaches to it: its arguments hold passwords and what sessions say. */
export function withoutCommand(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command;
  return error;
}

/**
 * ioredis listens for one error of a socket. TLS can report two, the certificate's and then the server's alert, and an
 * error that nobody listens to ends the process. And of the connections that wait for a sentinel's word it would print
 * each error: nobody listens to them either. Both come back by themselves.
 */
function hardened(client: Redis): Redis {
  const { connector } = client as unknown as {
    connector: { stream?: Socket; connectToSentinel?: (...args: unknown[]) => Redis };
  };
  let current: Socket | undefined;
  Object.defineProperty(connector, 'stream', {
    get: () => current,
    set(stream: Socket | undefined) {
      current = stream?.on('error', () => undefined);
    },
  });
  const connect = connector.connectToSentinel?.bind(connector);
  if (connect) connector.connectToSentinel = (...args) => hardened(connect(...args).on('error', () => undefined));
  return client;
}

function retryStrategy(times: number): number {
  return Math.min(times * 50, RECONNECT_PAUSE_MS);
}

function commonOptions(url: URL, target: RedisTarget): RedisOptions {
  const tls: ConnectionOptions | undefined =
    typeof target.tls === 'object' ? target.tls : (target.tls ?? url.protocol === 'rediss:') ? {} : undefined;
  return {
    username: target.username ?? (decodeURIComponent(url.username) || undefined),
    password: target.password ?? (decodeURIComponent(url.password) || undefined),
    db: database(target),
    tls,
    connectTimeout: COMMAND_TIMEOUT_MS,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: RECONNECT_PAUSE_MS,
    // After a failover the old master answers READONLY, within a script's own error before Redis 7, or MASTERDOWN: a new
    // connection finds the new one.
    reconnectOnError: (error) => /READONLY|MASTERDOWN/.test(error.message),
  };
}

function bySentinel(
  { hosts, name, password }: NonNullable<RedisTarget['sentinel']>,
  { tls }: RedisOptions,
): RedisOptions {
  return {
    sentinels: [...hosts],
    name,
    sentinelPassword: password,
    sentinelRetryStrategy: retryStrategy,
    // The old master takes writes for seconds more, until the sentinels have made a replica of it: all of them would be lost.
    failoverDetector: true,
    enableTLSForSentinelMode: tls !== undefined,
    sentinelTLS: tls,
  };
}

/** The database that a target names; channels are shared by all databases, so ours carry its number. */
export function database(target: RedisTarget): number {
  if (target.cluster) return 0;
  return target.db ?? Number(new URL(target.url).pathname.slice(1) || 0);
}

/** The target without its secrets, for messages. */
export function describeTarget(target: RedisTarget): string {
  if (target.sentinel) return `${target.sentinel.name} (by Sentinel)`;
  return target.url
    .split(',')
    .map((url) => url.replace(/\/\/[^@/]*@/, '//'))
    .join(',');
}

function address(url: URL): { host: string; port: number } {
  return { host: unbracketed(url.hostname) || DEFAULT_HOST, port: Number(url.port || 6379) };
}
