import type { ServerConfig } from '../../config/index.js';
import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import type { Storage } from '../../sessions/contract.js';
import type { RefuseScopes } from '../../transports/scopes.js';
import type { HostParts } from './host.js';

/** What `--auth` adds to a server. */
export interface Access {
  readonly app: HostParts['access'];
  readonly transport: { readonly refuseScopes?: RefuseScopes };
  close(): Promise<void>;
}

const OPEN: Access = { app: {}, transport: {}, close: async () => undefined };

/** The authorization that the flags ask for; its parts are loaded only where there is one. */
export async function openAccess(
  config: ServerConfig,
  _logger: Logger,
  _metrics: Metrics,
  _storage: Storage | undefined,
): Promise<Access> {
  if (config.auth.mode === 'none') return OPEN;
  throw new TypeError(`--auth ${config.auth.mode} is not available`);
}
