import { isLoopback, LOOPBACK_NAMES } from './addresses.js';
import type { ListenConfig } from './config.js';
import { redisConfig } from './redis.js';
import type { Reading } from './read.js';

/** The settings that every command with a port has; contradictions are added to `problems`. */
export function listenConfig(reading: Reading, defaultPort: number, problems: string[]): ListenConfig {
  const { values, from } = reading;
  const loopback = isLoopback(values.host);
  if (values.headersTimeout > values.requestTimeout) {
    // Node refuses it as well, but only when the server starts.
    problems.push('--headers-timeout (HEADERS_TIMEOUT) must not be longer than --request-timeout (REQUEST_TIMEOUT), which includes it');
  }
  const limits = values.rateLimit === 'on' || (values.rateLimit === 'auto' && (!loopback || from.rateLimitMax !== 'default'));
  return {
    port: values.port ?? defaultPort,
    host: values.host,
    isLoopback: loopback,
    baseUri: values.baseUri?.replace(/\/+$/, ''),
    ...allowLists(reading, loopback),
    trustProxy: values.trustProxy,
    rateLimit: limits ? { max: values.rateLimitMax, windowMs: values.rateLimitWindow } : undefined,
    maxConnections: values.maxConnections,
    headersTimeoutMs: values.headersTimeout,
    requestTimeoutMs: values.requestTimeout,
    redis: redisConfig(reading, problems),
    log: { level: values.logLevel, format: values.logFormat },
    warnings: warnings(reading, loopback),
  };
}

type AllowLists = Pick<ListenConfig, 'allowedHosts' | 'allowedOrigins' | 'corsOrigins'>;

function allowLists({ values }: Reading, loopback: boolean): AllowLists {
  // No page of another site can make a browser send a loopback name as Host, so these are always safe.
  const hosts = values.allowedHosts ?? (loopback ? [] : undefined);
  const own = values.baseUri === undefined ? undefined : new URL(values.baseUri);
  const allowedHosts = hosts === undefined || hosts.includes('*') ? undefined : unique([...LOOPBACK_NAMES, ...hosts, ...(own ? [own.host] : [])]);
  const cors = values.corsOrigin ?? [];
  // Where origins are named anywhere, only those may come.
  const named = values.allowedOrigins ?? (loopback ? LOOPBACK_NAMES : (values.allowedHosts ?? values.corsOrigin));
  const any = named === undefined || named.includes('*') || cors.includes('*');
  const anyReads = cors.includes('*') || (values.corsOrigin === undefined && named?.includes('*') === true);
  return {
    allowedHosts,
    // The server's own pages, such as a login, are no strangers.
    allowedOrigins: any ? undefined : unique([...named, ...cors, ...(own ? [own.origin] : [])]),
    corsOrigins: anyReads ? '*' : unique([...cors, ...(named ?? []).filter((origin) => origin !== '*')]),
  };
}

function warnings({ values }: Reading, loopback: boolean): string[] {
  if (loopback) return [];
  const open = values.allowedHosts === undefined && values.allowedOrigins === undefined;
  const nameless = (values.auth === 'jwt' || values.auth === 'introspection') && values.baseUri === undefined;
  return [
    ...(open
      ? [
          `Bound to ${values.host} with neither --allowed-hosts nor --allowed-origins: any page in a browser that reaches this server may use it. ` +
            'Name the hosts it is reached by, as in --allowed-hosts mcp.example.com',
        ]
      : []),
    ...(nameless
      ? [
          `Bound to ${values.host} with --auth ${values.auth} and no --base-uri: clients are told that this server is ${values.host}. ` +
            'Give the address that they use, as in --base-uri https://mcp.example.com',
        ]
      : []),
  ];
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
