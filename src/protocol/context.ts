import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import type {
  CallContext,
  CallRequest,
  CallSession,
  ClientCapabilities,
  Elicited,
  ElicitationSchema,
  History,
  LogLevel,
  Sampled,
  SamplingRequest,
  ServerFigures,
} from '../catalog/context.js';
import { ToolError } from '../catalog/errors.js';
import type { Metrics } from '../metrics.js';
import { historyOf } from './history.js';
import type { Scope } from './scope.js';
import { loadValidator } from './validator.js';

/** How long a person may take over an elicitation, and a model over a sampling, ms. */
const CLIENT_ANSWER_TIMEOUT_MS = 300_000;

const severity: Record<LogLevel, number> = {
  debug: 0,
  info: 1,
  notice: 2,
  warning: 3,
  error: 4,
  critical: 5,
  alert: 6,
  emergency: 7,
};

type Declared = ReturnType<Server['getClientCapabilities']>;

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/**
 * The {@link CallContext} of one request, over the SDK's server and the scope around it. Its functions are fields, so that
 * a handler may take it apart: `handler(args, { log })`.
 */
export class RequestContext implements CallContext {
  readonly history: History;

  constructor(
    private readonly sdk: Server,
    private readonly extra: Extra,
    private readonly scope: Scope,
    private readonly method: string,
    readonly server: ServerFigures,
    metrics: Metrics,
  ) {
    this.history = historyOf(scope, metrics);
  }

  get signal(): AbortSignal {
    return this.extra.signal;
  }

  get session(): CallSession | undefined {
    return this.scope.record;
  }

  /** Over a connection, the token of this very message may allow more or less than the one that opened it. */
  get caller() {
    const { caller } = this.scope;
    const { scopes } = this.extra.authInfo ?? {};
    return caller && scopes ? { ...caller, scopes } : caller;
  }

  get request(): CallRequest {
    const { transport, protocolVersion, requestId } = this.scope;
    return { id: this.extra.requestId, method: this.method, headers: this.scope.headers(), transport, protocolVersion, requestId };
  }

  get client(): ClientCapabilities {
    const declared = this.sdk.getClientCapabilities() ?? (this.scope.record?.initialize.capabilities as Declared | undefined);
    return {
      elicitation: declared?.elicitation !== undefined,
      sampling: declared?.sampling !== undefined,
      roots: declared?.roots !== undefined,
    };
  }

  get wantsProgress(): boolean {
    return this.extra._meta?.progressToken !== undefined;
  }

  readonly progress = async (done: number, total?: number, message?: string): Promise<void> => {
    const progressToken = this.extra._meta?.progressToken;
    if (progressToken === undefined) return this.log('info', message ?? `Progress ${done}`, 'progress');
    await this.extra.sendNotification({
      method: 'notifications/progress',
      params: { progressToken, progress: done, ...(total !== undefined && { total }), ...(message !== undefined && { message }) },
    });
  };

  readonly log = async (level: LogLevel, data: unknown, logger?: string): Promise<void> => {
    const least = this.scope.record?.logLevel as LogLevel | undefined;
    if (least && severity[level] < severity[least]) return;
    await this.extra.sendNotification({
      method: 'notifications/message',
      params: { level, ...(logger !== undefined && { logger }), data },
    });
  };

  readonly elicit = async (message: string, requestedSchema: ElicitationSchema): Promise<Elicited> => {
    if (!this.client.elicitation) throw lacking('elicitation', 'cannot ask you for what is missing: give it with the call');
    await loadValidator();
    const params = { mode: 'form' as const, message, requestedSchema: requestedSchema as never };
    const answer = await this.ask(() => this.sdk.elicitInput(params, this.options()));
    return answer.action === 'accept' ? { action: 'accept', content: answer.content ?? {} } : { action: answer.action };
  };

  readonly sample = async (request: SamplingRequest): Promise<Sampled> => {
    if (!this.client.sampling) throw lacking('sampling', 'cannot ask a model');
    const { content, model, stopReason } = await this.ask(() => this.sdk.createMessage(request, this.options()));
    const blocks = Array.isArray(content) ? content : [content];
    const text = blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
    return { text, model, ...(stopReason !== undefined && { stopReason }) };
  };

  readonly resourceUpdated = async (uri: string): Promise<void> => {
    if (!this.scope.record?.subscriptions.includes(uri)) return;
    await this.sdk.notification({ method: 'notifications/resources/updated', params: { uri } });
  };

  readonly closeStream = (): void => {
    this.extra.closeSSEStream?.();
  };

  private options() {
    return { relatedRequestId: this.extra.requestId, signal: this.extra.signal, timeout: CLIENT_ANSWER_TIMEOUT_MS };
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    if (this.scope.handshake) {
      // The server of an exchange has to know its client before it can ask.
      this.scope.handshake();
      await nextTurn();
    }
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof McpError)) throw error;
      throw new ToolError(`The client did not answer: ${error.message}`, { cause: error });
    }
  }
}

function lacking(capability: string, consequence: string): ToolError {
  return new ToolError(`The client has not declared the "${capability}" capability, so this tool ${consequence}.`);
}
