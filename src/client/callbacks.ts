import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ErrorCode,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  CreateMessageResultWithTools,
  ElicitRequestParams,
  ElicitResult,
  LoggingMessageNotification,
} from '@modelcontextprotocol/sdk/types.js';
import type { HttpRequest } from './http-request.js';
import type { TraceListener } from './trace.js';

/** What a server may ask of its client, and what it may tell. Everything is optional. */
export interface Callbacks {
  /** Answers a question of the server. Without it, questions are cancelled. */
  elicit?(question: ElicitRequestParams, signal: AbortSignal): Promise<ElicitResult>;
  /** Answers in place of a model. Without it, the server is told that sampling was rejected. */
  sample?(
    request: CreateMessageRequestParams,
    signal: AbortSignal,
  ): Promise<CreateMessageResult | CreateMessageResultWithTools>;
  onLog?(message: LoggingMessageNotification['params']): void;
  /** Something has changed: the method of the notification, and its parameters. */
  onChange?(method: string, params: Readonly<Record<string, unknown>>): void;
  /** Something that a person should know and that is no result. */
  onNotice?(text: string): void;
  onTrace?: TraceListener;
  /** Every HTTP request, before it is sent. */
  onRequest?(request: HttpRequest): void;
  /** What a stdio server writes to stderr. */
  onStderr?(text: string): void;
}

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
  if (roots.length > 0)
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots.map((uri) => ({ uri })) }));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => callbacks.onLog?.(params));
  client.fallbackNotificationHandler = ({ method, params }) => {
    callbacks.onChange?.(method, params ?? {});
    return Promise.resolve();
  };
  client.fallbackRequestHandler = ({ method }) => {
    throw new McpError(ErrorCode.MethodNotFound, `Method not found: ${method}`);
  };
}
