import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Logger } from '../../log.js';
import { HttpError } from '../errors.js';
import type { AsyncGuard } from '../guard.js';

/** Counts `by` more under the key, one by default; resolves to how often so far in the window that is open, and how long that still is, ms. */
export type Count = (
  key: string,
  windowMs: number,
  by?: number,
) => Promise<{ readonly hits: number; readonly leftMs: number }>;

export interface RateLimitOptions {
  /** Requests in a window, for each address and for each subject. */
  max: number;
  windowMs: number;
  count: Count;
  /** Who signed in; the client of the token where it is absent. */
  subjectOf?: (req: IncomingMessage) => string | undefined;
}

/**
 * Limits requests by the client's address, and by who signed in: an address may stand for a whole company, and one
 * person may have many.
 */
export function rateLimits(
  options: RateLimitOptions,
  logger: Logger,
): { byAddress: AsyncGuard; bySubject: AsyncGuard } {
  const { subjectOf = (req) => req.auth?.clientId, ...limit } = options;
  return {
    byAddress: rateLimit({ ...limit, name: 'address', logger }),
    bySubject: rateLimit({ ...limit, name: 'subject', keyOf: subjectOf, logger }),
  };
}

export interface Limit extends Pick<RateLimitOptions, 'max' | 'windowMs' | 'count'> {
  /** Keeps the counts of several limits apart. */
  readonly name: string;
  /** Whom a request is counted to: its client's address by default, nobody where it is undefined. */
  readonly keyOf?: (req: IncomingMessage) => string | undefined;
  readonly logger: Logger;
}

/**
 * Every answer gets the `RateLimit-*` headers; over the limit, the guard throws a 429 with `Retry-After`. Who finds that
 * the request holds several has them counted with `req.countMore`. What is refused counts as well. When the count fails, requests pass, and the log says so: a counter that is down must not take the server with it.
 */
export function rateLimit({
  name,
  max,
  windowMs,
  count,
  keyOf = ({ clientAddress }) => networkOf(clientAddress),
  logger,
}: Limit): AsyncGuard {
  const policy = `${max};w=${Math.ceil(windowMs / 1000)}`;
  return async function rateLimit(req, res) {
    const key = keyOf(req);
    if (key === undefined) return true;
    const { countMore } = req;
    req.countMore = async (requests) => {
      await countMore?.(requests);
      await spend(key, requests, res);
    };
    await spend(key, 1, res);
    return true;
  };

  async function spend(key: string, by: number, res: ServerResponse): Promise<void> {
    const counted = await count(`${name}:${key}`, windowMs, by).catch((error: unknown) => {
      logger.error({ err: error }, 'The rate limiter lets requests pass: its store does not answer');
    });
    if (!counted) return;
    const reset = Math.max(1, Math.ceil(counted.leftMs / 1000));
    // As draft-ietf-httpapi-ratelimit-headers-06 has them.
    res.setHeader('RateLimit-Policy', policy);
    res.setHeader('RateLimit-Limit', max);
    res.setHeader('RateLimit-Remaining', Math.max(0, max - counted.hits));
    res.setHeader('RateLimit-Reset', reset);
    if (counted.hits <= max) return;
    throw new HttpError(429, 'Too many requests: try again later', {
      reason: 'rate_limit',
      headers: { 'Retry-After': reset },
    });
  }
}

/** What an IPv4 address in IPv6 begins with (RFC 4291, 2.5.5.2), in hexadecimal digits. */
const MAPPED_IPV4 = 'ffff'.padStart(24, '0');

/** Whom an address stands for: a client of IPv6 owns a whole network, of 56 bits with most providers. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  // A URL parser writes every spelling in one way, that of an IPv4 address at the end included.
  const { hostname } = new URL(`http://[${address.split('%', 1)[0]}]`);
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const digits = groups.map((group) => group.padStart(4, '0')).join('');
  if (digits.startsWith(MAPPED_IPV4)) return Buffer.from(digits.slice(24), 'hex').join('.');
  const network = digits.slice(0, 14).padEnd(16, '0').match(/.{4}/g)?.join(':');
  // Written as 1.0.0 wrote it (RFC 5952), so that nodes of both count together.
  return `${new URL(`http://[${network}::]`).hostname.slice(1, -1)}/56`;
}
