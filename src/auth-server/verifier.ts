import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { sameResource } from '../auth/resource.js';
import type { Clock, Verifier } from '../auth/verifier.js';
import type { Grants } from './grants.js';

/** Verifies the server's own tokens by looking them up: one round trip to the store, and a revocation counts at once. */
export function demoVerifier({ grants, issuer, audiences, now = Date.now }: { grants: Grants; issuer: string; audiences: readonly string[] | 'any'; now?: Clock }): Verifier {
  return {
    async verify(token) {
      const found = await grants.find(token);
      // A refresh token is no bearer token: the resource server would otherwise take the longer-lived of the two.
      if (!found || found.kind !== 'access' || found.expiresAt * 1000 <= now()) throw new InvalidTokenError('The token is unknown, expired or revoked');
      const { grant, scopes, expiresAt } = found;
      if (audiences !== 'any' && !audiences.some((ours) => sameResource(ours, grant.resource))) throw new InvalidTokenError('The token is meant for another audience');
      return { token, clientId: grant.clientId, scopes: [...scopes], expiresAt, resource: new URL(grant.resource), extra: { issuer, subject: grant.subject } };
    },
  };
}
