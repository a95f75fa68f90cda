import type { AuthorizationParams, OAuthServerProvider } from '@modelcontextprotocol/sdk/server/auth/provider.js';
import {
  InvalidGrantError,
  InvalidRequestError,
  InvalidTargetError,
  InvalidTokenError,
  TemporarilyUnavailableError,
} from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { Response } from 'express';
import { StoreUnavailableError } from '../sessions/errors.js';
import { claimsToShow } from '../auth/claims.js';
import { sameResource } from '../auth/protected-resource.js';
import type { Clock, Verifier } from '../auth/verifier.js';
import type { Clients } from './clients.js';
import type { Grants, IssuedTokens, LiveToken } from './grants.js';
import { requestedScopes } from './scopes.js';
import type { Scopes } from './scopes.js';

/** RFC 7636 §4.2: SHA-256 in base64url. Any other challenge has no verifier, or was made to have one that is known. */
const S256_CHALLENGE = /^[\w-]{43}$/;

/** An authorization request that waits for the person's decision. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state?: string;
  readonly scopes: readonly string[];
  readonly codeChallenge: string;
  readonly resource: string;
}

export interface ProviderOptions {
  readonly clients: Clients;
  readonly grants: Grants;
  /** What there is to ask for; where any resource is served, its scopes are its own, and more can be asked for. */
  readonly scopes: Scopes;
  /** Resources that tokens can be for, the first where a client names none; `any` leaves it to the client. */
  readonly resources: readonly string[] | 'any';
  readonly verifier: Verifier;
  /** Sends the browser to the login. */
  readonly login: (request: AuthorizationRequest, res: Response) => Promise<void>;
}

/** The decisions of the authorization server, in the form that the SDK's router asks for them. */
export function oauthProvider({
  clients,
  grants,
  scopes,
  resources,
  verifier,
  login,
}: ProviderOptions): OAuthServerProvider {
  async function own<T extends { grant: { clientId: string; resource: string } }>(
    client: OAuthClientInformationFull,
    found: T | undefined,
    resource?: URL,
  ): Promise<T> {
    // A code or token of another client is as unknown as one that never was.
    if (!found || found.grant.clientId !== client.client_id)
      throw new InvalidGrantError('The grant is unknown, expired or revoked');
    if (resource && !sameResource(resource.href, found.grant.resource))
      throw new InvalidTargetError('The grant is for another resource');
    return found;
  }

  return {
    clientsStore: guarded(clients),
    ...guarded({
      async authorize(client: OAuthClientInformationFull, params: AuthorizationParams, res: Response) {
        if (!S256_CHALLENGE.test(params.codeChallenge))
          throw new InvalidRequestError(
            'code_challenge must be the S256 hash of a verifier: 43 characters of base64url',
          );
        await login(
          {
            clientId: client.client_id,
            redirectUri: params.redirectUri,
            state: params.state,
            scopes: requestedScopes(params.scopes, resources === 'any' ? undefined : scopes),
            codeChallenge: params.codeChallenge,
            resource: requestedResource(params.resource, resources),
          },
          res,
        );
      },
      async challengeForAuthorizationCode(client: OAuthClientInformationFull, code: string) {
        return (await own(client, await grants.peekCode(code))).code.codeChallenge;
      },
      async exchangeAuthorizationCode(
        client: OAuthClientInformationFull,
        code: string,
        _verifier?: string,
        redirectUri?: string,
        resource?: URL,
      ) {
        const found = await own(client, await grants.peekCode(code), resource);
        // OAuth 2.1 §4.1.3 no longer asks for it, PKCE does its work; but one that is sent must be the one of the request.
        if (redirectUri !== undefined && redirectUri !== found.code.redirectUri)
          throw new InvalidGrantError('redirect_uri is not the one of the authorization request');
        const tokens = await grants.redeemCode(code);
        await clients.keep(client.client_id);
        return answer(tokens);
      },
      async exchangeRefreshToken(client: OAuthClientInformationFull, token: string, wanted?: string[], resource?: URL) {
        await own(client, await grants.find(token), resource);
        const tokens = await grants.refresh(token, wanted);
        await clients.keep(client.client_id);
        return answer(tokens);
      },
      async revokeToken(client: OAuthClientInformationFull, { token }: { token: string }) {
        const found: LiveToken | undefined = await grants.find(token);
        // RFC 7009 §2.1 and §2.2: only the client's own, and an unknown token is not an error.
        if (found?.grant.clientId === client.client_id) await grants.revoke(token);
      },
    }),
    verifyAccessToken: (token) => verifier.verify(token),
  };
}

/** Verifies the server's own tokens by looking them up: one round trip to the store, and a revocation counts at once. */
export function demoVerifier({
  grants,
  issuer,
  audiences,
  now = Date.now,
}: {
  grants: Grants;
  issuer: string;
  audiences: readonly string[] | 'any';
  now?: Clock;
}): Verifier {
  return {
    async verify(token) {
      const found = await grants.find(token);
      // A refresh token is not a bearer token: the resource server would otherwise take the longer-lived of the two.
      if (!found || found.kind !== 'access' || found.expiresAt * 1000 <= now())
        throw new InvalidTokenError('The token is unknown, expired or revoked');
      const { grant, scopes, expiresAt } = found;
      if (audiences !== 'any' && !audiences.some((ours) => sameResource(ours, grant.resource)))
        throw new InvalidTokenError('The token is meant for another audience');
      return {
        token,
        clientId: grant.clientId,
        scopes: [...scopes],
        expiresAt,
        resource: new URL(grant.resource),
        extra: {
          issuer,
          subject: grant.subject,
          claims: claimsToShow({
            iss: issuer,
            sub: grant.subject,
            aud: grant.resource,
            client_id: grant.clientId,
            scope: scopes.join(' '),
            iat: found.issuedAt,
            exp: expiresAt,
            name: grant.userName,
          }),
        },
      };
    },
  };
}

function requestedResource(asked: URL | undefined, known: readonly string[] | 'any'): string {
  if (known === 'any') {
    if (!asked || !/^https?:$/.test(asked.protocol) || asked.hash !== '')
      throw new InvalidTargetError('The parameter "resource" must be the address of the server that the token is for');
    return asked.href;
  }
  const found = asked ? known.find((resource) => sameResource(resource, asked.href)) : known[0];
  if (found === undefined) throw new InvalidTargetError('The resource is not one that this server gives tokens for');
  return found;
}

function answer({ accessToken, refreshToken, expiresIn, scopes }: IssuedTokens): OAuthTokens {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: scopes.join(' '),
    refresh_token: refreshToken,
  };
}

/** The same methods, but a store that does not answer is the OAuth error for it, where the SDK would tell of a bug. */
function guarded<T extends object>(methods: T): T {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    async (...values: unknown[]): Promise<unknown> => {
      try {
        return await (method as (...values: unknown[]) => Promise<unknown>)(...values);
      } catch (error) {
        throw error instanceof StoreUnavailableError
          ? new TemporarilyUnavailableError('The authorization server can not answer now: try again')
          : error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
