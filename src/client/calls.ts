import {
  CallToolResultSchema,
  CompleteResultSchema,
  EmptyResultSchema,
  GetPromptResultSchema,
  ReadResourceResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type {
  CallToolResult,
  CompleteResult,
  GetPromptResult,
  ReadResourceResult,
  Tool,
} from '@modelcontextprotocol/sdk/types.js';
import type { Connection, RequestExtras } from './connection.js';
import { ClientError } from './errors.js';

/**
 * Calls a tool. A tool that runs as a task alone is followed until its task ends (tasks, "Tool-Level Negotiation").
 * A result with `isError` resolves like any other; whether it fits the output schema is left to the caller.
 */
export function callTool(
  connection: Connection,
  tool: Pick<Tool, 'name' | 'execution'>,
  args: Readonly<Record<string, unknown>>,
  extras?: RequestExtras,
): Promise<CallToolResult> {
  const params = { name: tool.name, arguments: { ...args } };
  return connection.request(async (client, options) => {
    if (tool.execution?.taskSupport !== 'required')
      return client.request({ method: 'tools/call', params }, CallToolResultSchema, options);
    // The SDK's client allows a task only for a tool that it has listed itself.
    await client.listTools(undefined, options);
    for await (const message of client.experimental.tasks.callToolStream(params, CallToolResultSchema, options)) {
      if (message.type === 'result') return message.result;
      if (message.type === 'error') throw message.error;
    }
    throw new ClientError('answer', `The task of "${tool.name}" ended without a result`);
  }, extras);
}

export function readResource(connection: Connection, uri: string, extras?: RequestExtras): Promise<ReadResourceResult> {
  return connection.request(
    (client, options) =>
      client.request({ method: 'resources/read', params: { uri } }, ReadResourceResultSchema, options),
    extras,
  );
}

export function getPrompt(
  connection: Connection,
  name: string,
  args: Readonly<Record<string, string>>,
  extras?: RequestExtras,
): Promise<GetPromptResult> {
  return connection.request(
    (client, options) =>
      client.request(
        { method: 'prompts/get', params: { name, arguments: { ...args } } },
        GetPromptResultSchema,
        options,
      ),
    extras,
  );
}

/** What is completed: an argument of a prompt, or a variable of a resource template. */
export type CompletionReference =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string };

/** Values for one argument, given what has been typed of it and what the others are. */
export function complete(
  connection: Connection,
  ref: CompletionReference,
  argument: { readonly name: string; readonly value: string },
  others: Readonly<Record<string, string>>,
  extras?: RequestExtras,
): Promise<CompleteResult> {
  const context = Object.keys(others).length > 0 ? { context: { arguments: { ...others } } } : {};
  const params = { ref, argument: { ...argument }, ...context };
  return connection.request(
    (client, options) => client.request({ method: 'completion/complete', params }, CompleteResultSchema, options),
    extras,
  );
}

/** Resolves to the milliseconds that the answer took. */
export async function ping(connection: Connection, extras?: RequestExtras): Promise<number> {
  const started = performance.now();
  await connection.request((client, options) => client.request({ method: 'ping' }, EmptyResultSchema, options), extras);
  return performance.now() - started;
}

export async function subscribe(connection: Connection, uri: string, extras?: RequestExtras): Promise<void> {
  await connection.request(
    (client, options) => client.request({ method: 'resources/subscribe', params: { uri } }, EmptyResultSchema, options),
    extras,
  );
}

/** Asks for log messages of this level and above. */
export async function setLogLevel(
  connection: Connection,
  level: 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency',
  extras?: RequestExtras,
): Promise<void> {
  await connection.request(
    (client, options) => client.request({ method: 'logging/setLevel', params: { level } }, EmptyResultSchema, options),
    extras,
  );
}
