import { isLoopback, LOOPBACK_NAMES } from '../net/loopback.js';
import type { Reading } from './read.js';
import { redisConfig } from './redis.js';
import type { RedisConfig } from './redis.js';

/** What the rules make for every command that listens on a port. */
export interface ListenRules {
  readonly port: number;
  /** Whether only this machine can reach the server. */
  readonly isLoopback: boolean;
  /** Names, IPv6 in brackets, loopback ones included; undefined allows any. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Origins, or names that stand for every scheme and port; undefined allows any. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** The origins whose pages may read the answers. */
  readonly corsOrigins: '*' | readonly string[];
  /** Undefined when nothing is limited. */
  readonly rateLimit: { readonly max: number; readonly windowMs: number } | undefined;
  /** Undefined keeps all in memory. */
  readonly redis: RedisConfig | undefined;
  /** What is allowed and yet unwise, in sentences for the log. */
  readonly warnings: readonly string[];
}

/** Contradictions are added to `problems`. */
export function listenRules(reading: Reading, defaultPort: number, problems: string[]): ListenRules {
  const { values, from } = reading;
  const loopback = isLoopback(values.host);
  if (values.headersTimeout > values.requestTimeout) {
    // Node refuses it as well, but only when the server starts.
    problems.push(
      '--headers-timeout (HEADERS_TIMEOUT) must not be longer than --request-timeout (REQUEST_TIMEOUT), which includes it',
    );
  }
  const limits =
    values.rateLimit === 'on' || (values.rateLimit === 'auto' && (!loopback || from.rateLimitMax !== 'default'));
  return {
    port: values.port ?? defaultPort,
    isLoopback: loopback,
    ...allowLists(reading, loopback),
    rateLimit: limits ? { max: values.rateLimitMax, windowMs: values.rateLimitWindow } : undefined,
    redis: redisConfig(reading, problems),
    warnings: warnings(reading, loopback),
  };
}

function allowLists(
  { values }: Reading,
  loopback: boolean,
): Pick<ListenRules, 'allowedHosts' | 'allowedOrigins' | 'corsOrigins'> {
  // No page of another site can make a browser send a loopback name as Host, so these are always safe.
  const hosts = values.allowedHosts ?? (loopback ? [] : undefined);
  const own = values.baseUri === undefined ? undefined : new URL(values.baseUri);
  const allowedHosts =
    hosts === undefined || hosts.includes('*')
      ? undefined
      : unique([...LOOPBACK_NAMES, ...hosts, ...(own ? [own.host] : [])]);
  const cors = values.corsOrigin ?? [];
  // Where origins are named anywhere, only those may come.
  const named = values.allowedOrigins ?? (loopback ? LOOPBACK_NAMES : (values.allowedHosts ?? values.corsOrigin));
  const any = named === undefined || named.includes('*') || cors.includes('*');
  const anyReads = cors.includes('*') || (values.corsOrigin === undefined && named?.includes('*') === true);
  return {
    allowedHosts,
    // The server's own pages, such as a login, may ask as well.
    allowedOrigins: any ? undefined : unique([...named, ...cors, ...(own ? [own.origin] : [])]),
    corsOrigins: anyReads ? '*' : unique([...cors, ...(named ?? []).filter((origin) => origin !== '*')]),
  };
}

function warnings(
  { values: { host, auth, allowedHosts, allowedOrigins, baseUri } }: Reading,
  loopback: boolean,
): string[] {
  const found: string[] = [];
  if (!loopback && allowedHosts === undefined && allowedOrigins === undefined) {
    const consequence =
      'any page in a browser that reaches this server may use it. Name the hosts it is reached by, as in --allowed-hosts mcp.example.com';
    found.push(`Bound to ${host} with neither --allowed-hosts nor --allowed-origins: ${consequence}`);
  }
  if (!loopback && (auth === 'jwt' || auth === 'introspection') && baseUri === undefined) {
    const consequence = `clients are told that this server is ${host}. Give the address that they use, as in --base-uri https://mcp.example.com`;
    found.push(`Bound to ${host} with --auth ${auth} and no --base-uri: ${consequence}`);
  }
  return found;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
