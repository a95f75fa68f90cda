import type { IncomingMessage } from 'node:http';
import type { Refusal } from './reasons.js';

/** Who signed in: the shape of the SDK's `AuthInfo`, named here so that the host needs no SDK. */
export interface RequestAuth {
  token: string;
  clientId: string;
  scopes: string[];
  /** Seconds since the epoch. */
  expiresAt?: number;
  resource?: URL;
  extra?: Record<string, unknown>;
}

/** What the host knows of a request. The guards of app.ts set it before any handler runs. */
declare module 'http' {
  interface IncomingMessage {
    /** Under which the request is logged; also the answer's `X-Request-Id`. */
    requestId: string;
    /** The path of the request target, without its query. */
    pathname: string;
    /** The client's address; behind a trusted proxy, the one that the proxy names. */
    clientAddress: string;
    /** Set by the `authenticate` hook. */
    auth?: RequestAuth;
    /** Fields that a handler adds to the access log's line: `rpcMethod`, `tool`, `session`, `outcome`, `traceparent`. */
    logFields?: Record<string, unknown>;
    /** Set by the rate limits: counts this many requests more, where one turns out to hold several. Rejects with a 429 `HttpError`. */
    countMore?: (requests: number) => Promise<void>;
    /** Why the request was refused, for the log and for `mcp_refusals_total{reason}`. */
    refusal?: Refusal;
  }
}

/** Splits the request target (RFC 9112, 3.2): origin form, or the absolute form that proxies use. */
export function pathOf(target: string): string {
  if (target.charCodeAt(0) !== SLASH && URL.canParse(target)) return new URL(target).pathname;
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

/** The authority that the request is for: of an absolute target, which wins over the header (RFC 9112, 3.2.2), else `Host`. */
export function authorityOf(req: IncomingMessage): string | undefined {
  const target = req.url ?? '/';
  if (target.charCodeAt(0) !== SLASH && URL.canParse(target)) return new URL(target).host;
  // HTTP/2 has a pseudo-header instead (RFC 9113, 8.3.1).
  return req.headers.host ?? (req.headers[':authority'] as string | undefined);
}

/** Whether a header of this lower-case name stands there more than once: of some, Node shows the first alone. */
export function isRepeated({ rawHeaders }: IncomingMessage, name: string): boolean {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === name) times += 1;
  return times > 1;
}

const SLASH = 47;
