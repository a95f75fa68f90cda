import type { LogThreshold } from '../log.js';
import type { ServeCommand } from './setting.js';
import type { SentinelAddress } from './settings/redis.js';

/** Times are milliseconds and sizes are bytes throughout. Every config is frozen to its depth. */
export interface LogConfig {
  readonly level: LogThreshold;
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** What the server offers. */
export interface OfferConfig {
  /** The `--server` module as written: a path relative to the working directory, or a package. */
  readonly server: string | undefined;
  readonly sampleToolName: string | undefined;
  readonly historyLimit: number;
}

export interface RedisConfig {
  /** `redis://` or `rediss://`, several of a cluster between commas, passwords included: never to be logged. */
  readonly url: string;
  /** Whether the URLs are nodes of a Redis Cluster. */
  readonly cluster: boolean;
  readonly sentinel: (SentinelAddress & { readonly password?: string }) | undefined;
  /** First part of every key, the colon at its end included. */
  readonly prefix: string;
}

export type AuthConfig =
  | { readonly mode: 'none' }
  | { readonly mode: 'demo'; readonly requiredScopes: readonly string[] }
  | JwtConfig
  | IntrospectionConfig;

export interface JwtConfig {
  readonly mode: 'jwt';
  readonly keys: { readonly jwksUrl: string } | { readonly secret: string };
  readonly issuer: string;
  /** A token must name one of them; empty stands for the address of this server. */
  readonly audiences: readonly string[];
  readonly clockSkewMs: number;
  readonly requiredScopes: readonly string[];
  /** The authorization server that clients are sent to. */
  readonly authServer: string;
}

export interface IntrospectionConfig {
  readonly mode: 'introspection';
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cacheMs: number;
  readonly requiredScopes: readonly string[];
  /** The authorization server that clients are sent to. */
  readonly authServer: string;
}

/** What every command that listens on a port has. */
export interface ListenConfig {
  readonly port: number;
  readonly host: string;
  /** Whether only this machine can reach the server. */
  readonly isLoopback: boolean;
  /** The public address without a slash at its end; undefined stands for the address that is bound. */
  readonly baseUri: string | undefined;
  /** Names, IPv6 in brackets, loopback ones included; undefined allows any. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Origins, or names that stand for every scheme and port; undefined allows any. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** The origins whose pages may read the answers. */
  readonly corsOrigins: '*' | readonly string[];
  /** As Express takes it. */
  readonly trustProxy: false | number | readonly string[];
  /** Undefined when nothing is limited. */
  readonly rateLimit: { readonly max: number; readonly windowMs: number } | undefined;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Undefined keeps all in memory. */
  readonly redis: RedisConfig | undefined;
  readonly log: LogConfig;
  /** What is allowed and yet unwise, in sentences for the log. */
  readonly warnings: readonly string[];
}

export interface StdioConfig extends OfferConfig {
  readonly command: 'stdio';
  readonly log: LogConfig;
}

/** What `sse` and `http` share. */
export interface ServerConfig extends OfferConfig, ListenConfig {
  readonly auth: AuthConfig;
  readonly bodyLimit: number;
  readonly sessionTtlMs: number;
  readonly maxSessions: number;
  readonly keepAliveMs: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  /** Undefined serves the metrics on the main port. */
  readonly metricsPort: number | undefined;
}

export interface SseConfig extends ServerConfig {
  readonly command: 'sse';
}

export interface HttpConfig extends ServerConfig {
  readonly command: 'http';
  readonly stateful: boolean;
  readonly minimal: boolean;
  /** Whether the legacy endpoints are mounted as well. */
  readonly sse: boolean;
  readonly strict: boolean;
  readonly sseAfterMs: number;
  readonly workers: number;
}

export interface AuthServerConfig extends ListenConfig {
  readonly command: 'auth-server';
  /** The credentials that a caller of the introspection endpoint must have; undefined where any may call. */
  readonly introspectionClient: { readonly id: string; readonly secret: string } | undefined;
}

/** The config that each command resolves to. */
export interface ConfigOf extends Record<ServeCommand, unknown> {
  stdio: StdioConfig;
  sse: SseConfig;
  http: HttpConfig;
  'auth-server': AuthServerConfig;
}
