import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey, JWTVerifyOptions, JWTPayload } from 'jose';
import { readBounded } from '../net/body.js';
import { CLOCK_SKEW_MS, authInfoOf } from './claims.js';
import { AuthConfigurationError, AuthorizationServerUnavailableError } from './errors.js';
import type { Clock, Verifier } from './verifier.js';

/** RFC 7518 §3.2: a key for HS256 is at least as long as the hash. */
export const MINIMUM_SECRET_BYTES = 32;
/** How long the key set may take to arrive. */
export const JWKS_TIMEOUT_MS = 2_000;
/** Bytes of a key set. */
export const JWKS_BODY_LIMIT = 262_144;
/** A token with an unknown key fetches the key set anew, but not more often than this. */
export const JWKS_COOLDOWN_MS = 30_000;
/** How long a fetched key set is used without asking again. */
export const JWKS_MAX_AGE_MS = 600_000;
/** After a failed fetch, tokens are answered with the same failure for this long, so an outage is not hammered. */
export const JWKS_RETRY_MS = 1_000;

/** What a public key may sign with. A shared secret is not among it, or a token could be signed with the public key itself. */
const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** RFC 9068 §2.1 and the plain JWT; anything else (a logout token, a DPoP proof) is not an access token. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

export interface JwtOptions {
  /** Where the keys come from: a key set (RFC 7517) or a secret shared with the issuer. */
  readonly keys: { readonly jwksUrl: string } | { readonly secret: string };
  readonly issuer: string;
  /** The token's `aud` must name one of these (RFC 8707). */
  readonly audiences: readonly string[];
  /** Milliseconds by which the clocks may differ. */
  readonly clockSkewMs?: number;
  readonly now?: Clock;
}

/** Verifies JWT access tokens (RFC 9068, without its demand for a `typ`). Throws AuthConfigurationError for unusable options. */
export function jwtVerifier({
  keys,
  issuer,
  audiences,
  clockSkewMs = CLOCK_SKEW_MS,
  now = Date.now,
}: JwtOptions): Verifier {
  if (audiences.length === 0)
    throw new AuthConfigurationError('A JWT audience is required: set --jwt-audience to the address of this server');
  const rules = { audiences, clockSkewMs };
  const check = 'secret' in keys ? withSecret(keys.secret) : withKeySet(keys.jwksUrl, now);
  return {
    async verify(token) {
      const options = {
        issuer,
        clockTolerance: clockSkewMs / 1000,
        currentDate: new Date(now()),
        requiredClaims: ['exp', 'aud', 'sub'],
      };
      const claims = await check(token, options).catch((error: unknown) => {
        throw error instanceof errors.JOSEError ? new InvalidTokenError(describe(error)) : error;
      });
      return authInfoOf(token, claims, issuer, rules, now());
    },
  };
}

type Check = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

function withSecret(secret: string): Check {
  const key = new TextEncoder().encode(secret);
  if (key.length < MINIMUM_SECRET_BYTES) {
    throw new AuthConfigurationError(
      `The JWT secret has ${key.length} bytes and needs at least ${MINIMUM_SECRET_BYTES}: make one with "openssl rand -base64 48"`,
    );
  }
  return async (token, options) => {
    const { payload, protectedHeader } = await jwtVerify(token, key, { ...options, algorithms: ['HS256'] });
    requireType(protectedHeader.typ);
    return payload;
  };
}

function withKeySet(url: string, now: Clock): Check {
  const keySet = keySetOf(url, now);
  return async (token, options) => {
    const { payload, protectedHeader } = await jwtVerify(token, keySet, {
      ...options,
      algorithms: PUBLIC_KEY_ALGORITHMS,
    });
    requireType(protectedHeader.typ);
    return payload;
  };
}

/** The remote key set; a failure to get it is told apart from a key that it does not hold. */
function keySetOf(url: string, now: Clock): JWTVerifyGetKey {
  let failure: { at: number; cause: unknown } | undefined;
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: JWKS_MAX_AGE_MS,
    [customFetch]: async (address, init) => {
      if (failure && now() - failure.at < JWKS_RETRY_MS) throw new AuthorizationServerUnavailableError(failure.cause);
      const response = await fetch(address, init);
      return response.body ? new Response(await readBounded(response.body, JWKS_BODY_LIMIT), response) : response;
    },
  });
  return async (header, token) => {
    try {
      const key = await remote(header, token);
      failure = undefined;
      return key;
    } catch (error) {
      if (error instanceof AuthorizationServerUnavailableError) throw error;
      if (
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported
      )
        throw error;
      failure = { at: now(), cause: error };
      throw new AuthorizationServerUnavailableError(error);
    }
  };
}

function requireType(type: unknown): void {
  if (type !== undefined && !(typeof type === 'string' && TYPES.includes(type.toLowerCase())))
    throw new InvalidTokenError('The token is not an access token');
}

/** In words that help the holder of a broken token and tell nothing about keys. */
function describe(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf'
      ? 'The token is not valid yet'
      : `The token's claim "${error.claim}" is missing or wrong`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is signed with an algorithm that is not allowed';
  return 'The token is not valid';
}
