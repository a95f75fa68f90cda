import type {
  AskOptions,
  CallContext,
  CallRequest,
  CallSession,
  Caller,
  ClientCapabilities,
  Elicited,
  ElicitationSchema,
  History,
  LogLevel,
  Root,
  Sampled,
  SamplingRequest,
  ServerFigures,
  StepOptions,
} from '../catalog/context.js';
import type { Metrics } from '../metrics.js';
import { isId, isObject } from '../rpc/messages.js';
import type { ChangeFeed } from '../sessions/contract.js';
import { historyOf } from './history.js';
import { passes } from './log-levels.js';
import type { OpenRequest } from './open-requests.js';
import type { JsonSchemaValidator } from './schema.js';
import type { Facts, MessageToken, Sink } from './served.js';

/** What the calls of all exchanges share. */
export interface Surroundings {
  readonly figures: Omit<ServerFigures, 'stateful'>;
  readonly metrics: Metrics;
  readonly loadValidator: () => Promise<JsonSchemaValidator>;
  /** Tells of changes over all nodes; absent where nobody could listen. */
  readonly changes?: ChangeFeed;
}

/**
 * The {@link CallContext} of one request: what both eras have in common. Its functions are fields, so that a handler may take it
 * apart: `handler(args, { log })`. What they promise may be forgotten: nothing of it ever ends the process.
 */
export abstract class HandlerContext implements CallContext {
  /** Whether the log knows that what the handler tells does not arrive: once is enough. */
  private unsent = false;

  constructor(
    protected readonly open: OpenRequest,
    protected readonly facts: Facts,
    protected readonly sink: Sink,
    protected readonly around: Surroundings,
    private readonly token?: MessageToken,
  ) {}

  abstract readonly client: ClientCapabilities;
  abstract readonly elicit: (message: string, schema: ElicitationSchema, options?: AskOptions) => Promise<Elicited>;
  abstract readonly elicitUrl: CallContext['elicitUrl'];
  abstract readonly sample: (request: SamplingRequest, options?: AskOptions) => Promise<Sampled>;
  abstract readonly roots: (options?: AskOptions) => Promise<readonly Root[]>;
  abstract readonly step: <T>(name: string, run: () => T | Promise<T>, options?: StepOptions) => Promise<T>;
  abstract readonly detach: CallContext['detach'];
  abstract readonly resourceUpdated: (uri: string, options?: { readonly own?: boolean }) => Promise<void>;
  /** Log messages go out from this level on. */
  protected abstract readonly leastLevel: LogLevel | 'none';

  get history(): History {
    return historyOf(this.facts, this.around.metrics);
  }

  get server(): ServerFigures {
    return { ...this.around.figures, stateful: this.facts.storage !== undefined };
  }

  get signal(): AbortSignal {
    return this.open.signal;
  }

  get session(): CallSession | undefined {
    return this.facts.record;
  }

  /** Over a connection, the token of this very message may allow and say other things than the one that opened it. */
  get caller(): Caller | undefined {
    const { caller } = this.facts;
    return caller && this.token ? { ...caller, ...this.token } : caller;
  }

  get request(): CallRequest {
    const { transport, protocolVersion, requestId } = this.facts;
    const { id, method } = this.open.request;
    return { id, method, headers: this.facts.headers(), transport, protocolVersion, requestId };
  }

  get wantsProgress(): boolean {
    return this.progressToken !== undefined;
  }

  readonly progress = (progress: number, total?: number, message?: string): Promise<void> =>
    this.report(progress, total, message);

  readonly log = async (level: LogLevel, data: unknown, logger?: string): Promise<void> => {
    const { leastLevel } = this;
    if (leastLevel === 'none' || !passes(level, leastLevel)) return;
    await this.notify('notifications/message', { level, logger, data });
  };

  readonly resourceListChanged = async (): Promise<void> => {
    this.around.changes?.publish({ kind: 'resources' });
    await this.tellOfList();
  };

  readonly closeStream = (): void => this.sink.closeStream();

  /** Tells the client itself, where it does not listen for changes. */
  protected async tellOfList(): Promise<void> {}

  /** What `progress` does, beside what a call of one era has of its own. */
  protected async report(progress: number, total?: number, message?: string): Promise<void> {
    const { progressToken } = this;
    if (progressToken === undefined) return this.log('info', message ?? `Progress ${progress}`, 'progress');
    await this.notify('notifications/progress', { progressToken, progress, total, message });
  }

  /** Sends a notification about this request, while somebody waits for it. */
  protected async notify(method: string, params: Record<string, unknown>): Promise<void> {
    const { isAborted, request } = this.open;
    if (!isAborted) await this.tell(this.sink.notify({ jsonrpc: '2.0', method, params }, request.id));
  }

  /** A notification that can't be sent is dropped: what the call is about does not depend on it. */
  protected async tell(sent: Promise<void>): Promise<void> {
    try {
      await sent;
    } catch (error) {
      if (this.unsent) return;
      this.unsent = true;
      const { logger, requestId } = this.facts;
      logger.warn({ requestId, method: this.open.request.method, err: error }, 'a notification could not be sent');
    }
  }

  private get progressToken(): string | number | undefined {
    const meta = this.open.request.params?._meta;
    const token = isObject(meta) ? meta.progressToken : undefined;
    return isId(token) ? token : undefined;
  }
}

/**
 * What a client can be asked, by the capabilities it has declared. `elicitation: {}` stands for forms; a client that opens addresses
 * alone can't be asked by form (client/elicitation).
 */
export function clientOf(capabilities: unknown): ClientCapabilities {
  const { elicitation, sampling, roots } = isObject(capabilities) ? capabilities : {};
  const byForm = isObject(elicitation) && ('form' in elicitation || !('url' in elicitation));
  const elicitationUrl = isObject(elicitation) && 'url' in elicitation;
  return {
    elicitation: byForm,
    elicitationUrl,
    sampling: sampling !== undefined,
    roots: roots !== undefined,
    tasks: false,
  };
}
