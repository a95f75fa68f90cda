import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import * as packageInfo from '../package-info.js';
import type { Binding } from './binding.js';
import type { Scope } from './scope.js';

/** What a `--server` function returns: the SDK's `McpServer` or `Server`, not yet connected. */
export interface ConnectableServer {
  connect(transport: Transport): Promise<void>;
}

/** Makes a new server at every call: an SDK server serves one transport in its life. */
export type ServerFactory = () => ConnectableServer | Promise<ConnectableServer>;

/** Binds a function that makes SDK servers. Rejects with a TypeError when it returns something else. */
export async function bindFactory(factory: ServerFactory): Promise<Binding> {
  requireConnectable(await factory());
  return {
    info: packageInfo,
    keepsState: true,
    async connect(transport: Transport, scope: Scope) {
      const server = await factory();
      requireConnectable(server);
      const inner = 'server' in server ? (server.server as { onerror?: (error: Error) => void }) : server;
      Object.assign(inner, {
        onerror: (error: Error) => scope.logger.debug({ requestId: scope.requestId, err: error }, 'protocol error'),
      });
      await server.connect(transport);
    },
    requiredScopes: () => [],
  };
}

function requireConnectable(server: unknown): asserts server is ConnectableServer {
  if (typeof server === 'object' && server !== null && 'connect' in server && typeof server.connect === 'function') return;
  throw new TypeError('its default export returned neither an McpServer nor a Server of the MCP SDK');
}
