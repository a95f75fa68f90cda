import type {
  CallToolResult,
  CompleteResult,
  GetPromptResult,
  ReadResourceResult,
  Tool,
} from '@modelcontextprotocol/client';
import type { Connection, RequestExtras } from './connection.js';
import { taskIn } from './as-meant.js';
import { callAsTask, followTask } from './tasks.js';

/**
 * Calls a tool. A task is followed until it ends: in the legacy era one that runs so alone (tasks, "Tool-Level Negotiation"), in the modern
 * one what the server makes a task (SEP-2663).
 * A result with `isError` resolves like any other; whether it fits the output schema is left to the caller.
 */
export function callTool(
  connection: Connection,
  tool: Pick<Tool, 'name' | 'execution'> & Partial<Tool>,
  args: Readonly<Record<string, unknown>>,
  extras?: RequestExtras,
): Promise<CallToolResult> {
  const params = { name: tool.name, arguments: { ...args } };
  return connection.request(async (client, options) => {
    if (connection.era === 'legacy' && tool.execution?.taskSupport === 'required')
      return callAsTask(client, params, options);
    // With its input schema, arguments that are to be headers as well become so; with the other the SDK would refuse a task.
    const toolDefinition = isListed(tool) ? { ...tool, outputSchema: undefined } : undefined;
    const result = await client.callTool(params, { ...options, toolDefinition });
    const task = taskIn(result);
    return task === undefined
      ? result
      : followTask(client, task, options, (question, signal) => connection.answer(question, signal));
  }, extras);
}

function isListed(tool: Partial<Tool>): tool is Tool {
  return tool.inputSchema !== undefined;
}

export function readResource(connection: Connection, uri: string, extras?: RequestExtras): Promise<ReadResourceResult> {
  return connection.request(
    (client, options) => client.request({ method: 'resources/read', params: { uri } }, options),
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
    (client, options) => client.request({ method: 'prompts/get', params: { name, arguments: { ...args } } }, options),
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
    (client, options) => client.request({ method: 'completion/complete', params }, options),
    extras,
  );
}

/** A sign of life: `ping`, or `server/discover` in the modern era, which has no ping. Resolves to the milliseconds that the answer took. */
export async function ping(connection: Connection, extras?: RequestExtras): Promise<number> {
  const started = performance.now();
  await connection.request(
    (client, options): Promise<unknown> =>
      connection.era === 'modern' ? client.discover(options) : client.ping(options),
    extras,
  );
  return performance.now() - started;
}

/** What a server is to tell of: the resources of these URIs, and every list that it says may change. */
export interface Watch {
  /** What it has agreed to tell of. */
  readonly told: readonly string[];
  /** Resolves when it tells no more. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** Asks for changes in the modern era (`subscriptions/listen`); they come as notifications, like those of a subscription. */
export async function listen(
  connection: Connection,
  uris: readonly string[],
  extras?: Omit<RequestExtras, 'signal'>,
): Promise<Watch> {
  const capabilities = connection.client.getServerCapabilities() ?? {};
  const filter = {
    ...(capabilities.tools?.listChanged && { toolsListChanged: true }),
    ...(capabilities.prompts?.listChanged && { promptsListChanged: true }),
    ...(capabilities.resources?.listChanged && { resourcesListChanged: true }),
    ...(uris.length > 0 && { resourceSubscriptions: [...uris] }),
  };
  // The signal of one request is gone after it; the listening goes on.
  const subscription = await connection.request((client, { timeout }) => client.listen(filter, { timeout }), extras);
  const { resourceSubscriptions = [], ...lists } = subscription.honoredFilter;
  return {
    told: [...resourceSubscriptions, ...Object.keys(lists)],
    ended: subscription.closed,
    close: () => subscription.close(),
  };
}

export async function subscribe(connection: Connection, uri: string, extras?: RequestExtras): Promise<void> {
  await connection.request(
    (client, options) => client.request({ method: 'resources/subscribe', params: { uri } }, options),
    extras,
  );
}

export async function unsubscribe(connection: Connection, uri: string, extras?: RequestExtras): Promise<void> {
  await connection.request(
    (client, options) => client.request({ method: 'resources/unsubscribe', params: { uri } }, options),
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
    (client, options) => client.request({ method: 'logging/setLevel', params: { level } }, options),
    extras,
  );
}
