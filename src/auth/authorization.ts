import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from '../log.js';
import type { LimitStores } from '../auth-server/limits.js';
import { DEFAULT_SCOPE, scopesWith } from '../auth-server/scopes.js';
import type { AuthStore } from '../auth-server/store.js';
import { bearerGuard } from './guard.js';
import type { BearerGuard } from './guard.js';
import { introspectionVerifier } from './introspection.js';
import { jwtVerifier } from './jwt.js';
import { ownerOf } from './ownership.js';
import { protectedResourceMetadata, resourcesOf } from './protected-resource.js';
import type { Verifier } from './verifier.js';

interface ExternalServer {
  readonly requiredScopes: readonly string[];
  /** The authorization server that clients are sent to. */
  readonly authServer: string;
}

/** What the settings say for each `--auth` mode but `none`. */
export type AuthorizationSettings =
  | { readonly mode: 'demo'; readonly requiredScopes: readonly string[] }
  | (ExternalServer & {
      readonly mode: 'jwt';
      readonly keys: { readonly jwksUrl: string } | { readonly secret: string };
      readonly issuer: string;
      /** Empty stands for the address of this server. */
      readonly audiences: readonly string[];
      readonly clockSkewMs: number;
    })
  | (ExternalServer & { readonly mode: 'introspection'; readonly url: string; readonly clientId: string; readonly clientSecret: string; readonly cacheMs: number });

export interface AuthorizationOptions {
  readonly settings: AuthorizationSettings;
  /** The address under which clients know this server; a function where it is known only once the server listens. */
  readonly baseUrl: string | (() => string);
  /** Scopes that tools ask for, beside what every request needs. */
  readonly toolScopes?: readonly string[];
  readonly logger: Logger;
  /** Where the demo server keeps its state: in this process by default. */
  readonly store?: AuthStore;
  /** Where the demo server counts requests: in this process by default. */
  readonly limits?: LimitStores | 'memory' | 'off';
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

async function composer({ settings, toolScopes = [], logger, ...demo }: AuthorizationOptions): Promise<(baseUrl: string) => Parts> {
  const { requiredScopes } = settings;
  const compose = (baseUrl: string, verifier: Verifier, authServer: string, required: readonly string[], scopes: readonly string[]): Parts => ({
    guard: bearerGuard({ verifier, baseUrl, requiredScopes: required, logger }),
    describe: protectedResourceMetadata({ baseUrl, authorizationServers: [authServer], scopes, name: 'mcp-calc' }),
  });
  if (settings.mode !== 'demo') {
    const scopes = [...new Set([...requiredScopes, ...toolScopes])];
    return (baseUrl) => compose(baseUrl, verifierOf(settings, baseUrl), settings.authServer, requiredScopes, scopes);
  }
  const [{ demoAuthorizationServer }, { memoryAuthStore }] = await Promise.all([import('../auth-server/authorization-server.js'), import('../auth-server/memory-store.js')]);
  const scopes = scopesWith([...requiredScopes, ...toolScopes]);
  return (baseUrl) => {
    const { store = memoryAuthStore(), limits } = demo;
    const { verifier, issuer, router } = demoAuthorizationServer({ baseUrl, store, limits, resources: resourcesOf(baseUrl), scopes, logger });
    // Asked for by name, so that a client does not begin with all that there is.
    const required = requiredScopes.length === 0 ? [DEFAULT_SCOPE] : requiredScopes;
    return { ...compose(baseUrl, verifier, issuer, required, Object.keys(scopes)), router };
  };
}

function verifierOf(settings: Exclude<AuthorizationSettings, { mode: 'demo' }>, baseUrl: string): Verifier {
  const ours = resourcesOf(baseUrl);
  return settings.mode === 'introspection'
    ? introspectionVerifier({ ...settings, audiences: ours })
    : jwtVerifier({ ...settings, audiences: settings.audiences.length === 0 ? ours : settings.audiences });
}
