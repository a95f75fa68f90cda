import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RpcMessage } from '../rpc/messages.js';
import type { Scope } from './scope.js';

/** A way to make servers, whatever they are made from: a compiled catalog, or the function of a `--server` module. */
export interface Binding {
  /** `serverInfo`. */
  readonly info: { readonly name: string; readonly version: string; readonly title?: string };
  /**
   * Whether a server keeps client, log level and subscriptions in itself, so that all has to be replayed into a new one.
   * A catalog's handlers find them in the record: there only the handshake is replayed, and only before the client is asked.
   */
  readonly keepsState: boolean;
  /**
   * Makes a server for one exchange or one connection and connects it to the transport. When this resolves, the
   * transport's `onmessage` takes messages. `methods` are the ones that will come; all when absent.
   */
  connect(transport: Transport, scope: Scope, methods?: ReadonlySet<string>): Promise<void>;
  /** The scopes that a message needs in the caller's token; none for most. */
  requiredScopes(message: RpcMessage): readonly string[];
}
