import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { AuthInfo, McpRequestContext } from '@modelcontextprotocol/server';
import type { RequestId, RpcMessage, RpcNotification } from '../../rpc/messages.js';
import { isNotification, isResponse } from '../../rpc/messages.js';
import type { Facts } from '../served.js';
import { listsIn } from '../served.js';

/** What a `--server` function returns: the `McpServer` or `Server` of either generation of the SDK, not yet connected. */
export interface ConnectableServer {
  connect(transport: Transport): Promise<void>;
  close?(): Promise<void>;
}

/** What the SDK's second generation tells a function: for which era, which caller and which request it makes a server. */
export type FactoryContext = McpRequestContext;

/** Makes a new server at every call: an SDK server serves one transport in its life. Functions of the first generation take nothing. */
export type ServerFactory = (context: FactoryContext) => ConnectableServer | Promise<ConnectableServer>;

/** What both generations' `Server` have, and some of the second's. */
interface InnerServer {
  onerror?: (error: Error) => void;
  onclose?: () => void;
  notification?: (...args: unknown[]) => Promise<unknown>;
  getNegotiatedProtocolVersion?: unknown;
  getCapabilities?: () => Capabilities;
  registerCapabilities?: (more: object) => void;
}

/** Of a server, as far as listeners depend on it. */
export type Capabilities = Readonly<Record<string, { listChanged?: boolean; subscribe?: boolean } | undefined>>;

/** The `Server` within an `McpServer`, or the server itself. */
function innerOf(server: ConnectableServer): InnerServer {
  return ('server' in server ? server.server : server) as InnerServer;
}

/**
 * Whether a server is of the SDK's second generation, which speaks both eras. Told by what it can do: an author's copy of the SDK is
 * another than ours, and may be several.
 */
export function speaksBothEras(server: ConnectableServer): boolean {
  return typeof innerOf(server).getNegotiatedProtocolVersion === 'function';
}

/** What a server says that it can do. */
export function capabilitiesOf(server: ConnectableServer): Capabilities {
  return innerOf(server).getCapabilities?.() ?? {};
}

/** Has every server say that the lists change which it says that it has; `McpServer` does so by itself. */
export function declaringChanges(factory: ServerFactory): ServerFactory {
  return async (context) => {
    const server = await factory(context);
    requireConnectable(server);
    const changing = listsIn(capabilitiesOf(server)).map((list) => [list, { listChanged: true }]);
    if (changing.length > 0) innerOf(server).registerCapabilities?.(Object.fromEntries(changing));
    return server;
  };
}

/** The caller and the request of an exchange, as the second generation's handlers see them; nothing of a pipe. */
export function contextOf({ received }: Facts, era: FactoryContext['era'], signal?: AbortSignal): FactoryContext {
  if (!received) return { era };
  const { auth, headers } = received;
  const given = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one]));
  const address = `http://${headers.host}/mcp`;
  const requestInfo = new Request(URL.canParse(address) ? address : 'http://localhost/mcp', {
    method: 'POST',
    headers: given as [string, string][],
    signal,
  });
  return { era, requestInfo, ...(auth && { authInfo: auth as AuthInfo }) };
}

/** Logs what an SDK server meets, and lets its author forget to await what it notifies of. */
export function attend(server: ConnectableServer, { logger, requestId }: Facts): void {
  const inner = innerOf(server);
  Object.assign(inner, { onerror: (error: Error) => logger.debug({ requestId, err: error }, 'protocol error') });
  forgiveNotifications(inner, (error) => logger.warn({ requestId, err: error }, 'a notification could not be sent'));
}

/** Has an `onclose` of an author's that throws end nothing: the second generation's own transports let it through, and nobody waits. */
export function closeQuietly(server: ConnectableServer, { logger, requestId }: Facts): void {
  const inner = innerOf(server);
  const { onclose } = inner;
  if (!onclose) return;
  inner.onclose = () => {
    try {
      onclose.call(inner);
    } catch (error) {
      logger.warn({ requestId, err: error }, 'a server could not be closed cleanly');
    }
  };
}

/**
 * Has a server's notifications go to `tell`, whatever it is connected to. `unsent` hears why an answer could not be sent, such as a
 * result that is not JSON: the second generation's own transport leaves its client waiting then.
 */
export function tellThrough(
  server: ConnectableServer,
  tell: (notification: RpcNotification, about?: RequestId) => Promise<void>,
  unsent?: (error: unknown) => void,
): void {
  const { connect } = server;
  server.connect = (transport) => {
    const { send } = transport;
    transport.send = async (message, options) => {
      const outgoing = message as RpcMessage;
      if (isNotification(outgoing)) return tell(outgoing, options?.relatedRequestId);
      try {
        await send.call(transport, message, options);
      } catch (error) {
        if (isResponse(outgoing)) unsent?.(error);
        throw error;
      }
    };
    return connect.call(server, transport);
  };
}

/**
 * All that the SDK notifies of goes through one method, which is another in each generation. Whoever forgets to await it must not end
 * the process; `onFirst` is told.
 */
function forgiveNotifications(server: InnerServer, onFirst: (error: unknown) => void): void {
  const methods = server as Record<string, unknown>;
  let told = false;
  for (const name of ['notification', '_notificationViaCodec']) {
    const notify = methods[name];
    if (typeof notify !== 'function') continue;
    methods[name] = async (...args: unknown[]) => {
      try {
        await notify.apply(server, args);
      } catch (error) {
        if (!told) onFirst(error);
        told = true;
      }
    };
  }
}

export function requireConnectable(server: unknown): asserts server is ConnectableServer {
  if (typeof server === 'object' && server !== null && 'connect' in server && typeof server.connect === 'function')
    return;
  throw new TypeError('its default export returned neither an McpServer nor a Server of the MCP SDK');
}
