import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ErrorCode,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import type { Callbacks } from './callbacks.js';

/** The code with which a client says that the person behind it refused (specification, "Sampling", "Error Handling"). */
const REJECTED_BY_USER = -1;

/** What the client declares: defaults of a form are filled in where an answer leaves them out (SEP-1034). */
export function capabilitiesFor(roots: readonly string[]): ClientCapabilities {
  return {
    elicitation: { form: { applyDefaults: true }, url: {} },
    sampling: {},
    ...(roots.length > 0 && { roots: { listChanged: false } }),
  };
}

/** Connects the requests and notifications of the server with the callbacks. */
export function handleServer(client: Client, callbacks: Callbacks, roots: readonly string[]): void {
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) => {
    return callbacks.elicit === undefined ? { action: 'cancel' as const } : callbacks.elicit(params, signal);
  });
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, { signal }) => {
    if (callbacks.sample === undefined) throw new McpError(REJECTED_BY_USER, 'User rejected sampling request');
    return callbacks.sample(params, signal);
  });
  if (roots.length > 0) client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots.map((uri) => ({ uri })) }));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => callbacks.onLog?.(params));
  client.fallbackNotificationHandler = ({ method, params }) => {
    callbacks.onChange?.(method, params ?? {});
    return Promise.resolve();
  };
  client.fallbackRequestHandler = ({ method }) => {
    throw new McpError(ErrorCode.MethodNotFound, `Method not found: ${method}`);
  };
}
