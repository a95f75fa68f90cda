import { metadataHandler } from '@modelcontextprotocol/sdk/server/auth/handlers/metadata.js';
import { createOAuthMetadata, mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import cors from 'cors';
import express from 'express';
import type { RequestHandler, Router } from 'express';
import type { AsyncGuard } from '../http/guard.js';
import { rateLimit } from '../http/middleware/rate-limit.js';
import type { Count } from '../http/middleware/rate-limit.js';
import type { Logger } from '../log.js';
import { ISSUER_NAMES } from '../net/loopback.js';
import { AuthConfigurationError } from '../auth/errors.js';
import type { Clock, Verifier } from '../auth/verifier.js';
import type { ValueStore } from '../sessions/contract.js';
import { keepRegistration } from './application-type.js';
import { clientsIn } from './clients.js';
import {
  errorsToClient,
  exactRedirectUri,
  hashedClientSecret,
  oauthErrors,
  unavailableAs503,
} from './express-guards.js';
import { grantsIn } from './grants.js';
import { introspectionEndpoint } from './introspection-endpoint.js';
import type { IntrospectionClient } from './introspection-endpoint.js';
import { LIFETIMES, LIMITS } from './limits.js';
import type { Lifetimes } from './limits.js';
import { loginRoutes } from './login/routes.js';
import { demoVerifier, oauthProvider } from './provider.js';
import { SCOPES } from './scopes.js';
import type { Scopes } from './scopes.js';

export { DEFAULT_SCOPE, scopesWith } from './scopes.js';

export interface AuthorizationServerOptions {
  /** The address under which clients know the server: https, or http on localhost or 127.0.0.1. Its path must be empty. */
  readonly baseUrl: string;
  readonly store: ValueStore;
  /** Resources (RFC 8707) that tokens can be for, the first where a client names none; `any` leaves it to the client. */
  readonly resources: readonly string[] | 'any';
  readonly scopes?: Scopes;
  /** Who may introspect; without it there is no introspection endpoint. */
  readonly introspection?: IntrospectionClient;
  /** Counts the requests of an address to each endpoint; without it, there is no limit. */
  readonly count?: Count;
  /** Whether client metadata documents may come from http servers on this machine: for development only. */
  readonly allowLoopbackClients?: boolean;
  readonly lifetimes?: Partial<Lifetimes>;
  readonly logger: Logger;
  readonly now?: Clock;
}

export interface AuthorizationServer {
  /** To be mounted at the root of an Express application, behind a guard that finds out the client's address. */
  readonly router: Router;
  readonly verifier: Verifier;
  readonly issuer: string;
}

/**
 * A complete authorization server for demonstrations: RFC 8414, 7591, 6749 with PKCE, 7009, 7662, 8707 and client-id metadata
 * documents, with a login that believes whoever comes. Throws AuthConfigurationError for an address that can't be an issuer.
 */
export function demoAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const { store, resources, scopes = SCOPES, introspection, count, logger, now } = options;
  const baseUrl = issuerUrl(options.baseUrl);
  // Without the slash that a URL parser adds: clients compare issuers as text (RFC 8414 §3.3), and most are written so.
  const issuer = baseUrl.origin;
  const lifetimes = { ...LIFETIMES, ...options.lifetimes };
  const clients = clientsIn(store, lifetimes, { allowLoopback: options.allowLoopbackClients, now });
  const grants = grantsIn(store, lifetimes, now);
  const verifier = demoVerifier({ grants, issuer, audiences: resources, now });
  const login = loginRoutes({ issuer, store, clients, grants, scopes, lifetimes, logger });
  const provider = oauthProvider({ clients, grants, scopes, resources, verifier, login: login.begin });
  const scopesSupported = Object.keys(scopes);

  const router = express.Router();
  router.use(unavailableAs503);
  // A page elsewhere must be able to read a refusal, too; the SDK's handlers, which come later, allow the same.
  router.use(['/token', '/register', '/revoke'], cors());
  if (count)
    for (const { path, ...limit } of LIMITS)
      router.use(path, asMiddleware(rateLimit({ ...limit, name: path.slice(1), count, logger })));
  router.use(
    '/.well-known/oauth-authorization-server',
    metadataHandler({
      ...createOAuthMetadata({ provider, issuerUrl: baseUrl, scopesSupported }),
      issuer,
      authorization_response_iss_parameter_supported: true,
      // RFC 8414 §2: without it, a client may think that a public client can't revoke.
      revocation_endpoint_auth_methods_supported: ['client_secret_post', 'none'],
      client_id_metadata_document_supported: true,
      ...(introspection && {
        introspection_endpoint: new URL('/introspect', baseUrl).href,
        introspection_endpoint_auth_methods_supported:
          introspection === 'anyone' ? ['none'] : ['client_secret_basic', 'client_secret_post'],
      }),
    }),
  );
  router.use('/authorize', exactRedirectUri(provider.clientsStore), errorsToClient(issuer));
  router.use(['/token', '/revoke'], hashedClientSecret);
  router.post('/register', keepRegistration);
  if (introspection)
    router.post(
      '/introspect',
      express.urlencoded({ extended: false }),
      introspectionEndpoint({ grants, issuer, client: introspection }),
    );
  router.use('/fakeupstreamauth', login.router);
  // The resource is described by who serves it; the SDK's router would describe this server as one.
  router.use('/.well-known/oauth-protected-resource', (_req, _res, next) => next('router'));
  router.use(
    mcpAuthRouter({
      provider,
      issuerUrl: baseUrl,
      scopesSupported,
      authorizationOptions: { rateLimit: false },
      tokenOptions: { rateLimit: false },
      clientRegistrationOptions: { rateLimit: false, clientSecretExpirySeconds: Math.floor(lifetimes.client / 1000) },
      revocationOptions: { rateLimit: false },
    }),
  );
  router.use(oauthErrors(logger));
  return { router, verifier, issuer };
}

function asMiddleware(guard: AsyncGuard): RequestHandler {
  return (req, res, next) => void guard(req, res).then(() => next(), next);
}

function issuerUrl(address: string): URL {
  const url = new URL(address);
  if (url.protocol !== 'https:' && !ISSUER_NAMES.includes(url.hostname)) {
    throw new AuthConfigurationError(
      `${url.origin} can't be an authorization server, because it is not https: set --base-uri to its public https address, or bind to 127.0.0.1`,
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new AuthConfigurationError(
      `The address of the authorization server must have no path: ${url.origin} and not ${url.href}`,
    );
  }
  return url;
}
