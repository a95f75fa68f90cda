import type {
  CallContext,
  CallRequest,
  CallSession,
  Caller,
  ClientCapabilities,
  Elicited,
  ElicitationSchema,
  History,
  LogLevel,
  Sampled,
  SamplingRequest,
  ServerFigures,
} from '../../catalog/context.js';
import { ToolError } from '../../catalog/errors.js';
import type { Metrics } from '../../metrics.js';
import { isId, isObject } from '../../rpc/messages.js';
import { forgettable } from '../errors.js';
import { historyOf } from '../history.js';
import type { OpenRequest } from '../open-requests.js';
import type { Params } from '../params.js';
import { inWords } from '../schema.js';
import type { JsonSchemaValidator } from '../schema.js';
import type { Facts, MessageToken, Sink } from '../served.js';
import type { Questions } from './questions.js';

/** RFC 5424 severities, least severe first (schema.ts, `LoggingLevel`). */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const satisfies LogLevel[];

/** What a client hears that has set no level (server/utilities/logging leaves it to the server): each message makes its answer a stream. */
const DEFAULT_LEVEL: LogLevel = 'info';

/** What the calls of all exchanges share. */
export interface Surroundings {
  readonly figures: ServerFigures;
  readonly metrics: Metrics;
  readonly loadValidator: () => Promise<JsonSchemaValidator>;
}

/**
 * The {@link CallContext} of one request of the legacy era: questions are live. Its functions are fields, so that a handler may take
 * it apart: `handler(args, { log })`. What they promise may be forgotten: nothing of it ever ends the process.
 */
export class LegacyContext implements CallContext {
  /** Whether the log knows that what the handler tells does not arrive: once is enough. */
  private unsent = false;

  constructor(
    private readonly open: OpenRequest,
    private readonly facts: Facts,
    private readonly sink: Sink,
    private readonly questions: () => Questions,
    private readonly around: Surroundings,
    private readonly token?: MessageToken,
  ) {}

  get history(): History {
    return historyOf(this.facts, this.around.metrics);
  }

  get server(): ServerFigures {
    return this.around.figures;
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

  /** `elicitation: {}` stands for forms; a client that opens addresses alone can't be asked by form (client/elicitation). */
  get client(): ClientCapabilities {
    const { record } = this.facts;
    const { capabilities } = record ? (JSON.parse(record.initialize) as Params) : {};
    const { elicitation, sampling, roots } = isObject(capabilities) ? capabilities : {};
    const byForm = isObject(elicitation) && ('form' in elicitation || !('url' in elicitation));
    return { elicitation: byForm, sampling: sampling !== undefined, roots: roots !== undefined };
  }

  get wantsProgress(): boolean {
    return this.progressToken !== undefined;
  }

  readonly progress = async (progress: number, total?: number, message?: string): Promise<void> => {
    const { progressToken } = this;
    if (progressToken === undefined) return this.log('info', message ?? `Progress ${progress}`, 'progress');
    await this.notify('notifications/progress', { progressToken, progress, total, message });
  };

  readonly log = async (level: LogLevel, data: unknown, logger?: string): Promise<void> => {
    const least = (this.facts.record?.logLevel as LogLevel | undefined) ?? DEFAULT_LEVEL;
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    await this.notify('notifications/message', { level, logger, data });
  };

  readonly elicit = (message: string, requestedSchema: ElicitationSchema): Promise<Elicited> =>
    forgettable(this.askPerson(message, requestedSchema));

  readonly sample = (request: SamplingRequest): Promise<Sampled> => forgettable(this.askModel(request));

  private async askPerson(message: string, requestedSchema: ElicitationSchema): Promise<Elicited> {
    if (!this.client.elicitation)
      throw lacking('elicitation', 'cannot ask you for what is missing: give it with the call');
    const { action, content = {} } = await this.questions().ask(
      'elicitation/create',
      { mode: 'form', message, requestedSchema },
      this.open,
    );
    if (action === 'decline' || action === 'cancel') return { action };
    if (action !== 'accept' || !isObject(content)) throw misfit('"action" must be accept, decline or cancel');
    const validator = await this.around.loadValidator();
    const faults = validator.check({ ...requestedSchema }, content);
    if (faults) throw misfit(inWords(faults));
    return { action, content };
  }

  private async askModel(request: SamplingRequest): Promise<Sampled> {
    if (!this.client.sampling) throw lacking('sampling', 'cannot ask a model');
    const { content, model, stopReason } = await this.questions().ask(
      'sampling/createMessage',
      { ...request },
      this.open,
    );
    if (typeof model !== 'string' || typeof content !== 'object' || content === null)
      throw misfit('it needs "content" and "model"');
    const blocks = (Array.isArray(content) ? content : [content]) as unknown[];
    const text = blocks.map((block) => (isObject(block) && typeof block.text === 'string' ? block.text : '')).join('');
    return { text, model, ...(typeof stopReason === 'string' && { stopReason }) };
  }

  readonly resourceUpdated = async (uri: string): Promise<void> => {
    const { record, storage } = this.facts;
    if (!record?.subscribed) return;
    const told = storage?.sessions.isSubscribed(record.id, uri).then((subscribed) => {
      if (!subscribed) return;
      return this.sink.notify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    });
    await this.tell(told ?? Promise.resolve());
  };

  readonly closeStream = (): void => this.sink.closeStream();

  private get progressToken(): string | number | undefined {
    const meta = this.open.request.params?._meta;
    const token = isObject(meta) ? meta.progressToken : undefined;
    return isId(token) ? token : undefined;
  }

  private async notify(method: string, params: Record<string, unknown>): Promise<void> {
    const { isAborted, request } = this.open;
    if (!isAborted) await this.tell(this.sink.notify({ jsonrpc: '2.0', method, params }, request.id));
  }

  /** A notification that can't be sent is dropped: what the call is about does not depend on it. */
  private async tell(sent: Promise<void>): Promise<void> {
    try {
      await sent;
    } catch (error) {
      if (this.unsent) return;
      this.unsent = true;
      const { logger, requestId } = this.facts;
      logger.warn({ requestId, method: this.open.request.method, err: error }, 'a notification could not be sent');
    }
  }
}

function lacking(capability: string, consequence: string): ToolError {
  return new ToolError(`The client has not declared the "${capability}" capability, so this tool ${consequence}.`);
}

function misfit(what: string): ToolError {
  return new ToolError(`The client did not answer what it was asked: ${what}`);
}
