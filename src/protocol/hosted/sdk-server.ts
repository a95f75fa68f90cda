import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** What a `--server` function returns: the SDK's `McpServer` or `Server`, not yet connected. */
export interface ConnectableServer {
  connect(transport: Transport): Promise<void>;
}

/** All that the SDK notifies of goes through this one method. Whoever forgets to await it must not end the process; `onFirst` is told. */
export function forgiveNotifications(
  server: { notification?: (...args: unknown[]) => unknown },
  onFirst: (error: unknown) => void,
): void {
  const { notification } = server;
  if (notification === undefined) return;
  let told = false;
  server.notification = async (...args) => {
    try {
      await notification.apply(server, args);
    } catch (error) {
      if (!told) onFirst(error);
      told = true;
    }
  };
}

export function requireConnectable(server: unknown): asserts server is ConnectableServer {
  if (typeof server === 'object' && server !== null && 'connect' in server && typeof server.connect === 'function')
    return;
  throw new TypeError('its default export returned neither an McpServer nor a Server of the MCP SDK');
}
