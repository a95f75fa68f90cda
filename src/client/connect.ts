import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.js';
import { ClientError, httpStatusOf } from './errors.js';
import { systemCode } from './explain.js';
import { REQUEST_TIMEOUT_MS, openLink } from './link.js';
import type { ConnectOptions, Link } from './link.js';
import type { Target } from './target.js';

/** Between two looks at a server that starts, ms. */
const PAUSE_MS = 250;
/** One attempt may take at least this long: a last one that is cut short would hide why there was no server, ms. */
const LEAST_ATTEMPT_MS = 1_000;
/** What is met where a server will be soon: nobody who listens, a forwarder without anyone behind it, a name that is not known yet. */
const STARTING_CODES: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'UND_ERR_SOCKET',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const STARTING_STATUSES: ReadonlySet<number | undefined> = new Set([502, 503, 504]);

/**
 * Connects to a server and shakes hands. For an address whose transport is not known, Streamable HTTP is tried
 * first and the legacy SSE transport where the server answers 400, 404 or 405 (transports, "Backwards Compatibility").
 * Over HTTP the era is found by `server/discover`, unless the options say one; over stdio it is the legacy one, because a server
 * of that era may end at a request that it does not know.
 * Rejects with a {@link ClientError}.
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  const link = await waitForLink(target, options);
  // A session that is lost is opened anew with the transport that was found to work.
  return new Connection(link, target, options, () => openLink(link.kind, target, options));
}

/** Tries again while the server starts, for `connectTimeoutMs` at most; the outcome is the last one's. */
async function waitForLink(target: Target, options: ConnectOptions): Promise<Link> {
  const { connectTimeoutMs, timeoutMs = REQUEST_TIMEOUT_MS, handshakeTimeoutMs, signal } = options;
  if (connectTimeoutMs === undefined) return findLink(target, options);
  const deadline = performance.now() + connectTimeoutMs;
  for (;;) {
    const left = Math.max(LEAST_ATTEMPT_MS, Math.ceil(deadline - performance.now()));
    try {
      // A person who signs in meanwhile is not hurried.
      return await findLink(target, {
        ...options,
        handshakeTimeoutMs: handshakeTimeoutMs ?? Math.min(timeoutMs, left),
      });
    } catch (error) {
      if (!isStarting(error) || deadline - performance.now() <= PAUSE_MS) throw error;
    }
    await delay(PAUSE_MS, undefined, { signal }).catch(() => {
      throw new ClientError('cancelled', 'Cancelled');
    });
  }
}

function isStarting(error: unknown): boolean {
  if (!(error instanceof ClientError) || !(error.cause instanceof Error)) return false;
  return STARTING_CODES.has(systemCode(error.cause)) || STARTING_STATUSES.has(httpStatusOf(error.cause));
}

async function findLink(target: Target, options: ConnectOptions): Promise<Link> {
  if (target.kind === 'stdio') return openLink('stdio', target, options);
  if (options.session !== undefined) return openLink('streamable-http', target, options);
  if (target.transport === 'sse') return openLink('sse', target, options);
  // The modern era has no such transport to fall back to.
  if (target.transport === 'http' || options.era === 'modern') return openLink('streamable-http', target, options);
  try {
    return await openLink('streamable-http', target, options);
  } catch (first) {
    if (!mayBeLegacy(first)) throw first;
    try {
      return await openLink('sse', target, options);
    } catch (second) {
      // What the newer transport met says more, unless the older one got further.
      throw second instanceof ClientError && second.reason === 'authentication' ? second : first;
    }
  }
}

function mayBeLegacy(error: unknown): boolean {
  return error instanceof ClientError && [400, 404, 405].includes(httpStatusOf(error.cause ?? {}) ?? 0);
}
