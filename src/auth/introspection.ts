import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { readBounded } from '../net/body.js';
import { CLOCK_SKEW_MS, authInfoOf } from './claims.js';
import type { Claims } from './claims.js';
import { AuthConfigurationError, AuthorizationServerUnavailableError } from './errors.js';
import { UnfitTokenError } from './unfit-token.js';
import { remembering } from './verifier.js';
import type { Clock, Verifier } from './verifier.js';

/** How long the authorization server may take to answer, from the first byte sent to the last one read. */
export const INTROSPECTION_TIMEOUT_MS = 2_000;
/** How long a good answer is trusted: a revoked token is refused after this at the latest. */
export const INTROSPECTION_TTL_MS = 30_000;
/** Bytes of an answer. */
export const INTROSPECTION_BODY_LIMIT = 65_536;
/** Questions that may be under way at once; a token beyond it is answered as an outage. */
export const INTROSPECTIONS_AT_ONCE = 256;

export interface IntrospectionOptions {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The token's `aud` must name one of these (RFC 8707). */
  readonly audiences: readonly string[];
  /** The issuer to expect, and to assume where the answer names none; by default what the answer says, else the endpoint's origin. */
  readonly issuer?: string;
  /** Milliseconds by which the clocks may differ. */
  readonly clockSkewMs?: number;
  /** How long a good answer is trusted. */
  readonly cacheMs?: number;
  readonly now?: Clock;
  /** For `cacheMs`: milliseconds of a clock that nobody sets. */
  readonly monotonic?: Clock;
  readonly fetch?: typeof fetch;
}

/** Asks the authorization server about each token (RFC 7662), authenticated with HTTP Basic. */
export function introspectionVerifier(options: IntrospectionOptions): Verifier {
  const {
    url,
    audiences,
    clockSkewMs = CLOCK_SKEW_MS,
    cacheMs = INTROSPECTION_TTL_MS,
    now = Date.now,
    monotonic,
  } = options;
  if (audiences.length === 0)
    throw new AuthConfigurationError('An audience is required for introspection: set it to the address of this server');
  const rules = { audiences, clockSkewMs };
  const ask = questions(options);
  const verifier: Verifier = {
    async verify(token): Promise<AuthInfo> {
      const claims = await ask(token);
      if (claims.active !== true) throw new InvalidTokenError('The token is not active');
      if (typeof claims.token_type === 'string' && claims.token_type.toLowerCase() !== 'bearer') {
        throw new InvalidTokenError('The token is not a bearer token');
      }
      const named = typeof claims.iss === 'string' ? claims.iss : undefined;
      if (options.issuer !== undefined && named !== undefined && named !== options.issuer) {
        throw new UnfitTokenError('The token comes from another issuer', 'iss', named);
      }
      return authInfoOf(token, claims, named ?? options.issuer ?? new URL(url).origin, rules, now());
    },
  };
  return remembering(verifier, { ttlMs: cacheMs, now, monotonic });
}

function questions({
  url,
  clientId,
  clientSecret,
  fetch: send = fetch,
}: IntrospectionOptions): (token: string) => Promise<Claims> {
  // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
  const credentials = [clientId, clientSecret]
    .map((part) => new URLSearchParams([['', part]]).toString().slice(1))
    .join(':');
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  let underWay = 0;
  return async (token) => {
    if (underWay >= INTROSPECTIONS_AT_ONCE)
      throw new AuthorizationServerUnavailableError(new Error('Too many introspections under way'));
    underWay += 1;
    try {
      const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString();
      const signal = AbortSignal.timeout(INTROSPECTION_TIMEOUT_MS);
      const response = await send(url, { method: 'POST', headers, body, redirect: 'error', signal });
      if (response.status !== 200 || !response.body) {
        await response.body?.cancel();
        // 401 too: it is this server that was refused, not the token.
        throw new Error(`The introspection endpoint answered ${response.status}`);
      }
      const answer: unknown = JSON.parse(await readBounded(response.body, INTROSPECTION_BODY_LIMIT));
      if (typeof answer !== 'object' || answer === null)
        throw new Error('The introspection endpoint did not answer a JSON object');
      return answer as Claims;
    } catch (error) {
      throw new AuthorizationServerUnavailableError(error);
    } finally {
      underWay -= 1;
    }
  };
}
