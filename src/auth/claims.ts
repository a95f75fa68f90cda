import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { sameResource } from './protected-resource.js';
import { UnfitTokenError } from './unfit-token.js';

/** By how much the clocks may differ where nobody says. */
export const CLOCK_SKEW_MS = 5_000;

/** Claims as a JWT (RFC 7519, RFC 9068) or an introspection answer (RFC 7662) carries them. */
export type Claims = Readonly<Record<string, unknown>>;

/** Characters of the claims that tools see, as JSON; no bearer token holds more. */
export const CLAIMS_LIMIT = 8_192;

export interface ClaimRules {
  /** Identifiers of this server: the token must name one of them (RFC 8707). */
  readonly audiences: readonly string[];
  /** Milliseconds by which the clocks may differ. */
  readonly clockSkewMs: number;
}

/**
 * What a token's claims say, once its authenticity is settled. `issuer` is the one that was checked.
 * Throws `InvalidTokenError` for a token of another audience, without an expiry, outside its time, without
 * a subject, or bound to a key (RFC 7800 `cnf`), which a bearer can't prove.
 */
export function authInfoOf(token: string, claims: Claims, issuer: string, rules: ClaimRules, nowMs: number): AuthInfo {
  const now = nowMs / 1000;
  const skew = rules.clockSkewMs / 1000;
  if (typeof claims.exp !== 'number') throw new InvalidTokenError('The token has no expiry');
  if (claims.exp + skew <= now) throw new UnfitTokenError('The token has expired', 'exp', claims.exp);
  for (const claim of ['nbf', 'iat']) {
    const from = claims[claim];
    if (typeof from === 'number' && from - skew > now) throw new InvalidTokenError('The token is not valid yet');
  }
  if (claims.cnf !== undefined) throw new InvalidTokenError('The token is bound to a key and is not a bearer token');
  if (typeof claims.sub !== 'string' || claims.sub === '') throw new InvalidTokenError('The token names no subject');
  const named = stringsOf(claims.aud);
  const audience = rules.audiences.find((ours) => named.some((theirs) => sameResource(theirs, ours)));
  if (audience === undefined) throw new UnfitTokenError('The token is meant for another audience', 'aud', claims.aud);
  return {
    token,
    clientId: stringOf(claims.client_id) ?? stringOf(claims.azp) ?? '',
    scopes: scopesOf(claims),
    // The skew is part of the acceptance, or the guard would refuse what was accepted here.
    expiresAt: Math.floor(claims.exp + skew),
    ...(URL.canParse(audience) ? { resource: new URL(audience) } : {}),
    extra: { issuer, subject: claims.sub, claims: claimsToShow(claims) },
  };
}

/**
 * The claims as tools see them: a copy that nobody can change, because the answers about a token are remembered. Claims that would
 * make more than {@link CLAIMS_LIMIT} characters of JSON are left out.
 */
export function claimsToShow(claims: Claims): Claims {
  let left = CLAIMS_LIMIT;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(claims)) {
    const json = jsonOf(value);
    if (json === undefined || name.length + json.length > left) continue;
    left -= name.length + json.length;
    Object.defineProperty(shown, name, { value: frozen(JSON.parse(json)), enumerable: true });
  }
  return Object.freeze(shown);
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested so deeply that it can't be written.
    return undefined;
  }
}

function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** `scope` is one string (RFC 8693 §4.2); `scp` is what two large vendors send instead, as string or array. */
function scopesOf(claims: Claims): string[] {
  return stringsOf(claims.scope ?? claims.scp)
    .flatMap((value) => value.split(' '))
    .filter((scope) => scope !== '');
}

function stringsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
