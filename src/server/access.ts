import type { ServerConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import { httpOrigin } from '../net/addresses.js';
import type { Storage } from '../sessions/contract.js';
import type { RefuseScopes } from '../transports/read-request.js';
import type { HostParts } from './host.js';
import type { Offer } from './load-module.js';
import { toolsOf } from './offer.js';

/** What `--auth` adds to a server. */
export interface Access {
  readonly app: HostParts['access'];
  readonly transport: { readonly refuseScopes?: RefuseScopes };
  /** To be told where the server listens: with `--port 0`, that is what its tokens are for. */
  listensAt(url: string): void;
}

const OPEN: Access = { app: {}, transport: {}, listensAt: () => undefined };

/** The authorization that the flags ask for; its parts are loaded only where there is one. */
export async function openAccess(
  config: ServerConfig,
  offer: Offer,
  logger: Logger,
  storage: Storage,
): Promise<Access> {
  const settings = config.auth;
  if (settings.mode === 'none') return OPEN;
  const { authorization } = await import('./authorization.js');
  let bound = '';
  const { authenticate, insufficientScope, routers, subjectOf } = await authorization({
    settings,
    baseUrl: config.baseUri ?? (config.port === 0 ? () => bound : httpOrigin(config.host, config.port)),
    toolScopes: [...new Set(toolsOf(offer).flatMap((tool) => tool.scopes ?? []))],
    logger,
    store: storage.values,
    count: config.rateLimit && storage.count,
  });
  return {
    app: { authenticate, routers, subjectOf },
    transport: { refuseScopes: insufficientScope },
    listensAt: (url) => void (bound = url),
  };
}
