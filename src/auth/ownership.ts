import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import type { Claims } from './claims.js';

const NO_CLAIMS: Claims = Object.freeze({});

/** Who calls, as handlers see it (the catalog's `Caller`). */
export interface AuthenticatedCaller {
  readonly issuer?: string;
  readonly subject: string;
  readonly clientId?: string;
  readonly scopes: readonly string[];
  /** What the verified token says of its holder. */
  readonly claims: Claims;
}

/**
 * The owner of what this token creates: its issuer and subject, never the token, so that it survives a refresh.
 * Written as a JSON array, because any plain separator may stand in either part. Undefined where nobody signed in.
 */
export function ownerOf(auth: AuthInfo | undefined): string | undefined {
  const caller = callerOf(auth);
  return caller && JSON.stringify([caller.issuer, caller.subject]);
}

/** The caller as plain data; undefined where nobody signed in. */
export function callerOf(auth: AuthInfo | undefined): AuthenticatedCaller | undefined {
  if (auth === undefined) return undefined;
  const { issuer, subject, claims = NO_CLAIMS } = auth.extra ?? {};
  if (typeof issuer !== 'string' || typeof subject !== 'string') {
    throw new TypeError('The verifier set no issuer and subject: nothing could be owned safely');
  }
  const { clientId, scopes } = auth;
  return { issuer, subject, ...(clientId === '' ? {} : { clientId }), scopes, claims: claims as Claims };
}

/** Which of these scopes the token lacks. */
export function missingScopes(auth: AuthInfo | undefined, scopes: readonly string[]): string[] {
  return scopes.filter((scope) => auth?.scopes.includes(scope) !== true);
}
