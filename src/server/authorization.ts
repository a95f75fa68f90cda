import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { bearerGuard } from '../auth/guard.js';
import type { BearerGuard } from '../auth/guard.js';
import { introspectionVerifier } from '../auth/introspection.js';
import { jwtVerifier } from '../auth/jwt.js';
import { ownerOf } from '../auth/ownership.js';
import { protectedResourceMetadata, resourcesOf } from '../auth/protected-resource.js';
import type { Verifier } from '../auth/verifier.js';
import type { ServerConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Storage, ValueStore } from '../sessions/contract.js';

/** What is configured for each `--auth` mode but `none`. */
export type AuthSettings = Exclude<ServerConfig['auth'], { mode: 'none' }>;

export interface AuthorizationOptions {
  readonly settings: AuthSettings;
  /** The address under which clients know this server; a function where it is known only once the server listens. */
  readonly baseUrl: string | (() => string);
  /** Scopes that tools ask for, beside what every request needs. */
  readonly toolScopes?: readonly string[];
  readonly logger: Logger;
  /** Where the demo server keeps its state. */
  readonly store: ValueStore;
  /** Counts the requests to the demo server, which has no limits without it. */
  readonly count?: Storage['count'];
}

/** All that authorization adds to a host. */
export interface Authorization extends BearerGuard {
  /** The metadata of the protected resource and, for `demo`, the authorization server. */
  readonly routers: readonly RequestHandler[];
  /** Whom to count a request to: issuer and subject, whatever the token. */
  readonly subjectOf: (req: IncomingMessage) => string | undefined;
}

interface Parts {
  readonly guard: BearerGuard;
  readonly describe: (req: IncomingMessage, res: ServerResponse) => boolean;
  readonly router?: RequestHandler;
}

/**
 * The authorization that the settings ask for. The demo server's code is loaded only where it is wanted. Rejects with
 * AuthConfigurationError for settings that can't work; where `baseUrl` is a function, the first request does.
 */
export async function authorization(options: AuthorizationOptions): Promise<Authorization> {
  const compose = await composer(options);
  let made: Parts | undefined;
  const { baseUrl } = options;
  const parts = (): Parts => (made ??= compose(typeof baseUrl === 'string' ? baseUrl : baseUrl()));
  if (typeof baseUrl === 'string') parts();
  const routers: RequestHandler[] = [(req, res, next) => void (parts().describe(req, res) || next())];
  if (options.settings.mode === 'demo') routers.push((req, res, next) => parts().router?.(req, res, next));
  return {
    authenticate: async (req, res) => parts().guard.authenticate(req, res),
    insufficientScope: (req, res, scopes) => parts().guard.insufficientScope(req, res, scopes),
    routers,
    subjectOf: (req) => ownerOf(req.auth),
  };
}

async function composer({
  settings,
  toolScopes = [],
  logger,
  store,
  count,
}: AuthorizationOptions): Promise<(baseUrl: string) => Parts> {
  const { requiredScopes } = settings;
  const compose = (
    baseUrl: string,
    verifier: Verifier,
    authServer: string,
    required: readonly string[],
    scopes: readonly string[],
  ): Parts => ({
    guard: bearerGuard({ verifier, baseUrl, requiredScopes: required, logger }),
    describe: protectedResourceMetadata({ baseUrl, authorizationServers: [authServer], scopes, name: 'mcp-calc' }),
  });
  if (settings.mode !== 'demo') {
    const scopes = [...new Set([...requiredScopes, ...toolScopes])];
    return (baseUrl) => compose(baseUrl, verifierOf(settings, baseUrl), settings.authServer, requiredScopes, scopes);
  }
  const { DEFAULT_SCOPE, demoAuthorizationServer, scopesWith } = await import('../auth-server/authorization-server.js');
  const scopes = scopesWith([...requiredScopes, ...toolScopes]);
  // Asked for by name, so that a client does not begin with all that there is.
  const required = requiredScopes.length === 0 ? [DEFAULT_SCOPE] : requiredScopes;
  return (baseUrl) => {
    const { verifier, issuer, router } = demoAuthorizationServer({
      baseUrl,
      store,
      count,
      resources: resourcesOf(baseUrl),
      scopes,
      logger,
    });
    return { ...compose(baseUrl, verifier, issuer, required, Object.keys(scopes)), router };
  };
}

function verifierOf(settings: Exclude<AuthSettings, { mode: 'demo' }>, baseUrl: string): Verifier {
  const ours = resourcesOf(baseUrl);
  return settings.mode === 'introspection'
    ? introspectionVerifier({ ...settings, audiences: ours })
    : jwtVerifier({ ...settings, audiences: settings.audiences.length === 0 ? ours : settings.audiences });
}
