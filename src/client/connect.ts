import { Connection } from './connection.js';
import { ClientError, httpStatusOf } from './errors.js';
import { openLink } from './link.js';
import type { ConnectOptions, Link } from './link.js';
import type { Target } from './target.js';

/**
 * Connects to a server and shakes hands. For an address whose transport is not known, Streamable HTTP is tried
 * first and the legacy SSE transport where the server answers 400, 404 or 405 (transports, "Backwards Compatibility").
 * Over HTTP the era is found by `server/discover`, unless the options say one; over stdio it is the legacy one, because a server
 * of that era may end at a request that it does not know.
 * Rejects with a {@link ClientError}.
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  const link = await findLink(target, options);
  // A session that is lost is opened anew with the transport that was found to work.
  return new Connection(link, target, options, () => openLink(link.kind, target, options));
}

async function findLink(target: Target, options: ConnectOptions): Promise<Link> {
  if (target.kind === 'stdio') return openLink('stdio', target, options);
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
