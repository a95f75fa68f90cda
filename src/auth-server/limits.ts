import { ipKeyGenerator } from 'express-rate-limit';
import type { Options, Store } from 'express-rate-limit';
import type { Logger } from '../log.js';

/** Requests of one client address in a window, by endpoint. */
const LIMITS = {
  authorize: { windowMs: 15 * 60_000, limit: 100 },
  login: { windowMs: 15 * 60_000, limit: 200 },
  token: { windowMs: 15 * 60_000, limit: 300 },
  register: { windowMs: 60 * 60_000, limit: 60 },
  revoke: { windowMs: 15 * 60_000, limit: 100 },
} as const;

export type LimitedEndpoint = keyof typeof LIMITS;

/** Makes the store in which one endpoint's requests are counted, for counting over several nodes. */
export type LimitStores = (endpoint: LimitedEndpoint) => Store;

/** The rate limit of an endpoint as the SDK's router and express-rate-limit take it; `false` for none. */
export function limitOf(endpoint: LimitedEndpoint, stores: LimitStores | 'memory' | 'off', logger: Logger): Partial<Options> | false {
  if (stores === 'off') return false;
  return {
    ...LIMITS[endpoint],
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    message: { error: 'too_many_requests', error_description: 'Too many requests from this address: try again later' },
    // What is behind the limit needs the same storage, and answers for it.
    passOnStoreError: true,
    logger: {
      warn: (error) => logger.warn({ err: error }, 'the rate limiter warns'),
      error: (error) => logger.error({ err: error }, 'the rate limiter lets requests pass: its store does not answer'),
    },
    ...(stores === 'memory' ? {} : { store: stores(endpoint) }),
    // The host may have found the client's address behind a proxy already.
    keyGenerator: (req) => ipKeyGenerator(req.clientAddress ?? req.ip ?? ''),
    // Whom to trust about a client's address is settled by the application's "trust proxy"; the library would print its own opinion.
    validate: { xForwardedForHeader: false, forwardedHeader: false, trustProxy: false },
  };
}
