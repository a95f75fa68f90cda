import { authOf } from '../auth/host-caller.js';
import type { HostCaller } from '../auth/caller.js';
import { callerOf, ownerOf } from '../auth/ownership.js';
import type { Elicited, ElicitationSchema, Root, SamplingRequest } from '../catalog/context.js';
import { isCatalog } from '../catalog/define.js';
import type { Catalog, PromptMessage, ResourceContents, ToolResult } from '../catalog/define.js';
import { silentLogger } from '../log.js';
import { noMetrics } from '../metrics/none.js';
import { CallLimit } from '../protocol/call-limit.js';
import { OpenRequests } from '../protocol/open-requests.js';
import type { Sink } from '../protocol/served.js';
import { META } from '../rpc/era.js';
import { RpcError } from '../rpc/errors.js';
import type { RpcNotification } from '../rpc/messages.js';
import { modernVersions } from '../rpc/versions.js';
import { libraryConfig } from '../server/library-options.js';
import { openService } from '../server/service.js';

/** Rounds of questions that one call may take: a handler that asks on and on is at fault. */
const ROUNDS = 20;

/** Who stands behind a client, and how it answers what a handler asks. What is absent, the client does not declare. */
export interface TestClientOptions {
  readonly elicit?: (message: string, schema: ElicitationSchema) => Elicited | Promise<Elicited>;
  /** Answers whether the person opens an address. */
  readonly elicitUrl?: (message: string, url: string) => Pick<Elicited, 'action'>;
  /** Answers for the model, with its text. */
  readonly sample?: (request: SamplingRequest) => string | Promise<string>;
  readonly roots?: () => readonly Root[];
  /** Who calls; nobody in particular where it is absent. */
  readonly caller?: HostCaller;
}

/** What came of a request, and what was told before its answer. */
export interface Told<T> {
  readonly result: T;
  readonly progress: readonly { readonly progress: number; readonly total?: number; readonly message?: string }[];
  readonly logs: readonly { readonly level: string; readonly data: unknown }[];
}

/** A client in this process, without a network: what it sends is served by the very code that a server runs. */
export interface TestClient {
  /** Calls a tool; arguments that fail its schema are a result with `isError`, as for any client. */
  callTool(name: string, args?: Record<string, unknown>): Promise<ToolResult>;
  readResource(uri: string): Promise<readonly ResourceContents[]>;
  getPrompt(name: string, args?: Record<string, string>): Promise<{ description?: string; messages: PromptMessage[] }>;
  /** The names of all tools, in their order. */
  listTools(): Promise<readonly string[]>;
  /** Any request, with what it was told; questions are answered on the way. Rejects with an error that has the `code` of JSON-RPC. */
  request(method: string, params?: Record<string, unknown>): Promise<Told<Record<string, unknown>>>;
  /** Aborts what still runs, and rejects it as all that comes later. */
  close(): Promise<void>;
}

interface Question {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/**
 * Connects a client to a catalog, in this process. Rejects with a TypeError for a malformed catalog.
 * @example
 * const client = await connectClient(catalog, { elicit: () => ({ action: 'accept', content: { name: 'Ada' } }) });
 * assert.deepEqual(await client.listTools(), ['add', 'greet']);
 * const { content } = await client.callTool('greet');
 * assert.deepEqual(content, [{ type: 'text', text: 'Hello Ada' }]);
 * await client.close();
 */
export async function connectClient(catalog: Catalog, options: TestClientOptions = {}): Promise<TestClient> {
  if (!isCatalog(catalog)) throw new TypeError('A catalog is what defineCatalog returns');
  const config = libraryConfig({ era: 'modern', callTimeout: 0 });
  const metrics = noMetrics();
  const logger = silentLogger;
  const service = await openService(config, { mcp: config, sse: false }, catalog, logger, metrics);
  const { storage, shared } = service;
  const auth = options.caller && authOf(options.caller);
  const limit = new CallLimit(0);
  const [protocolVersion = ''] = modernVersions;
  const clientCapabilities = {
    ...((options.elicit ?? options.elicitUrl) && {
      elicitation: { ...(options.elicit && { form: {} }), ...(options.elicitUrl && { url: {} }) },
    }),
    ...(options.sample && { sampling: {} }),
    ...(options.roots && { roots: {} }),
  };
  let ids = 0;
  let isClosed = false;
  /** Each ends a request that still runs. */
  const running = new Set<() => void>();

  async function send(method: string, params: object, told: RpcNotification[]): Promise<Record<string, unknown>> {
    if (isClosed) throw closedError();
    const id = (ids += 1);
    const _meta = {
      [META.protocolVersion]: protocolVersion,
      [META.clientCapabilities]: clientCapabilities,
      [META.logLevel]: 'debug',
      progressToken: id,
    };
    const message = { jsonrpc: '2.0' as const, id, method, params: { _meta, ...params } };
    const envelope = shared.served.admit(message);
    const requestId = String(id);
    let end: () => void;
    const answer = await new Promise<string>((resolve, reject) => {
      const sink: Sink = {
        notify: async (notification) => void told.push(notification),
        ask: () => Promise.reject(new TypeError('The modern era asks in its answers')),
        answer: async ({ text }) => resolve(text),
        closeStream: () => undefined,
      };
      const open = new OpenRequests({ metrics, limit, logger, requestId, answer: sink.answer });
      end = () => {
        open.cancel(id);
        reject(closedError());
      };
      running.add(end);
      const facts = {
        storage,
        transport: 'streamable-http' as const,
        requestId,
        headers: () => ({}),
        caller: callerOf(auth),
        owner: ownerOf(auth),
        envelope,
        protocolVersion,
        logger,
      };
      Promise.resolve(shared.served.open(facts, sink)).then(
        (peer) => void peer.serve(open.add(message, 'modern')),
        reject,
      );
    }).finally(() => running.delete(end));
    const { result, error } = JSON.parse(answer) as {
      result: Record<string, unknown>;
      error?: { code: number; message: string; data?: unknown };
    };
    if (error) throw new RpcError(error.code, error.message, error.data as Record<string, unknown> | undefined);
    return result;
  }

  async function answerTo({ method, params }: Question): Promise<unknown> {
    if (params.mode === 'url') return options.elicitUrl?.(String(params.message), String(params.url));
    if (method === 'elicitation/create')
      return options.elicit?.(String(params.message), params.requestedSchema as ElicitationSchema);
    if (method === 'roots/list') return { roots: options.roots?.() };
    const text = await options.sample?.(params as unknown as SamplingRequest);
    return { role: 'assistant', model: 'test', content: { type: 'text', text } };
  }

  async function request(method: string, params: Record<string, unknown> = {}): Promise<Told<Record<string, unknown>>> {
    const told: RpcNotification[] = [];
    const of = <T>(kind: string) => told.filter((each) => each.method === kind).map((each) => each.params as T);
    let more: object = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      const result = await send(method, { ...params, ...more }, told);
      if (result.resultType !== 'input_required')
        return { result, progress: of('notifications/progress'), logs: of('notifications/message') };
      const inputResponses: Record<string, unknown> = {};
      const questions = (result.inputRequests ?? {}) as Record<string, Question>;
      for (const [key, question] of Object.entries(questions)) inputResponses[key] = await answerTo(question);
      more = { inputResponses, requestState: result.requestState };
    }
    throw new TypeError(`The handler has asked in more than ${ROUNDS} rounds`);
  }

  async function ask<T>(method: string, params: Record<string, unknown>): Promise<T> {
    return (await request(method, params)).result as T;
  }

  return {
    request,
    callTool: (name, args = {}) => ask('tools/call', { name, arguments: args }),
    readResource: async (uri) => (await ask<{ contents: ResourceContents[] }>('resources/read', { uri })).contents,
    getPrompt: (name, args = {}) => ask('prompts/get', { name, arguments: args }),
    async listTools() {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = (await request('tools/list', cursor === undefined ? {} : { cursor })).result;
        names.push(...(page.tools as { name: string }[]).map(({ name }) => name));
        cursor = page.nextCursor as string | undefined;
      } while (cursor !== undefined);
      return names;
    },
    async close() {
      isClosed = true;
      for (const end of running) end();
      await Promise.all(service.running.map((each) => each.close()));
      await service.state.close();
    },
  };
}

function closedError(): TypeError {
  return new TypeError('The client is closed');
}
