import { ANY } from '../net/authority.js';
import { LOOPBACK_NAMES } from '../net/loopback.js';
import type { Logger } from '../log.js';
import type { AsyncGuard, Guard } from './guard.js';
import { allowedHosts } from './middleware/allowed-hosts.js';
import { allowedOrigins, notCrossSite } from './middleware/allowed-origins.js';
import type { RateLimitOptions } from './middleware/rate-limit.js';
import { rateLimits } from './middleware/rate-limit.js';

export interface NetworkGuardOptions {
  /** Names as in `Host`; `*` for any. The loopback names where it is absent. */
  allowedHosts?: readonly string[];
  /** Names or origins; `*` for any. The loopback names where it is absent. */
  allowedOrigins?: readonly string[];
  /** Those whose pages may read the answers; all of the allowed ones where it is absent. */
  corsOrigins?: readonly string[];
  /** Limits nothing where it is absent. */
  rateLimit?: RateLimitOptions;
  logger: Logger;
}

/** Whom a server answers, and how often: the same for a host of ours and for a handler in somebody else's. */
export interface NetworkGuards {
  readonly host: Guard;
  readonly origin: Guard;
  /** For what a page of another site must not reach without an `Origin` either. */
  readonly site: Guard;
  readonly byAddress?: AsyncGuard;
  /** To be asked once it is known who calls. */
  readonly bySubject?: AsyncGuard;
}

export function networkGuards(options: NetworkGuardOptions): NetworkGuards {
  const hosts = options.allowedHosts ?? LOOPBACK_NAMES;
  const origins = options.allowedOrigins ?? LOOPBACK_NAMES;
  return {
    host: allowedHosts(hosts),
    origin: allowedOrigins(origins, { sameOrigin: !hosts.includes(ANY), readers: options.corsOrigins }),
    site: notCrossSite(origins),
    ...(options.rateLimit && rateLimits(options.rateLimit, options.logger)),
  };
}
