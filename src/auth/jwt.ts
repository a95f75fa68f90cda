import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions, JWTVerifyResult } from 'jose';
import { CLOCK_SKEW_MS, authInfoOf } from './claims.js';
import { AuthConfigurationError } from './errors.js';
import { remoteKeySet } from './key-set.js';
import { UnfitTokenError } from './unfit-token.js';
import type { Clock, Verifier } from './verifier.js';

/** RFC 7518 §3.2: a key for HS256 is at least as long as the hash. */
export const MINIMUM_SECRET_BYTES = 32;
/** Keys that are tried for a token that names none. */
export const KEY_CANDIDATES = 8;

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
        throw error instanceof errors.JOSEError ? unfit(error) : error;
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
  const keySet = remoteKeySet(url, now);
  return async (token, given) => {
    const options = { ...given, algorithms: PUBLIC_KEY_ALGORITHMS };
    const { find, renew } = keySet.search(token);
    let named = false;
    const key: JWTVerifyGetKey = (header, parts) => {
      named = header.kid !== undefined;
      return find(header, parts);
    };
    const verified = await verifyWithEach(token, key, options).catch(async (error: unknown) => {
      // A token that names no key may be signed with one that is newer than the key set.
      if (named || !isUnfit(error) || !(await renew())) throw error;
      return verifyWithEach(token, key, options).catch(async (again: unknown) => {
        if (isUnfit(again)) await renew();
        throw again;
      });
    });
    requireType(verified.protectedHeader.typ);
    return verified.payload;
  };
}

/** Verifies with the key of the token; with each of the candidates, up to a bound, where it names none and several would do. */
async function verifyWithEach(
  token: string,
  key: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, key, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let left = KEY_CANDIDATES;
    for await (const candidate of error) {
      if ((left -= 1) < 0) break;
      try {
        return await jwtVerify(token, candidate, options);
      } catch (unfit) {
        if (!isUnfit(unfit)) throw unfit;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function isUnfit(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed;
}

function requireType(type: unknown): void {
  if (type !== undefined && !(typeof type === 'string' && TYPES.includes(type.toLowerCase())))
    throw new InvalidTokenError('The token is not an access token');
}

function unfit(error: errors.JOSEError): InvalidTokenError {
  const isClaim = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired;
  return isClaim
    ? new UnfitTokenError(describe(error), error.claim, error.payload[error.claim])
    : new InvalidTokenError(describe(error));
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
