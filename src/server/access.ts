import type { ServerConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Storage } from '../sessions/contract.js';
import type { RefuseScopes } from '../transports/read-request.js';
import type { HostParts } from './host.js';
import type { Offer } from './load-module.js';

/** What `--auth` adds to a server. */
export interface Access {
  readonly app: HostParts['access'];
  readonly transport: { readonly refuseScopes?: RefuseScopes };
  /** To be told where the server listens: with `--port 0`, that is what its tokens are for. */
  listensAt(url: string): void;
  close(): Promise<void>;
}

const OPEN: Access = { app: {}, transport: {}, listensAt: () => undefined, close: async () => undefined };

/** The authorization that the flags ask for; its parts are loaded only where there is one. */
export async function openAccess(
  config: ServerConfig,
  offer: Offer,
  logger: Logger,
  storage: Storage | undefined,
): Promise<Access> {
  const settings = config.auth;
  if (settings.mode === 'none') return OPEN;
  const [{ authorization }, { openAuthState }] = await Promise.all([import('../auth/authorization.js'), import('./auth-state.js')]);
  const state = settings.mode === 'demo' ? await openAuthState(config, logger, storage) : undefined;
  let bound = '';
  const { authenticate, insufficientScope, routers, subjectOf } = await authorization({
    settings,
    baseUrl: config.baseUri ?? (config.port === 0 ? () => bound : addressOf(config)),
    toolScopes: typeof offer === 'function' ? [] : [...new Set(offer.tools.flatMap((tool) => tool.scopes ?? []))],
    logger,
    ...(state && { store: state.store, limits: state.limits }),
  });
  return {
    app: { authenticate, routers, subjectOf },
    transport: { refuseScopes: insufficientScope },
    listensAt: (url) => void (bound = url),
    close: async () => state?.close(),
  };
}

function addressOf({ host, port }: ServerConfig): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
