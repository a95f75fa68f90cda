import type {
  AskOptions,
  ClientCapabilities,
  DetachedTask,
  Elicited,
  ElicitationSchema,
  History,
  LogLevel,
  NewCalculation,
  Root,
  Sampled,
  SamplingRequest,
  StepOptions,
} from '../../catalog/context.js';
import type { HandedOn } from '../../catalog/content.js';
import { ToolError } from '../../catalog/errors.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import type { Surroundings } from '../call-context.js';
import { clientOf, HandlerContext } from '../call-context.js';
import { forgettable } from '../errors.js';
import type { OpenRequest } from '../open-requests.js';
import type { Read } from '../questions.js';
import { readElicited, readOpened, readRoots, readSampled } from '../questions.js';
import type { Facts, MessageToken, Sink } from '../served.js';
import type { Envelope } from './envelope.js';
import { modernHistory } from './histories.js';
import type { InputRequest, Replay } from './replay.js';
import type { Promotion } from './tasks/promotion.js';

/** A capability of the client's, as an error names it (schema.ts, `ClientCapabilities`). */
const CAPABILITIES = {
  elicitation: { elicitation: { form: {} } },
  elicitationUrl: { elicitation: { url: {} } },
  sampling: { sampling: {} },
  roots: { roots: {} },
};

/** What a handler asks by. */
export interface Asking {
  readonly replay: Replay;
  /** Whether each of its steps may happen only once. */
  readonly stepsOnce: boolean;
  /** For a call that may become a task. */
  readonly promotion?: Promotion;
}

/** The {@link CallContext} of one request of the modern era: a question ends the round, and the handler is entered again. */
export class ModernContext extends HandlerContext {
  constructor(
    open: OpenRequest,
    facts: Facts,
    sink: Sink,
    around: Surroundings,
    private readonly envelope: Envelope,
    /** Absent for what can't ask: lists and completion (basic/patterns/mrtr). */
    private readonly asking: Asking | undefined,
    token: MessageToken | undefined,
  ) {
    super(open, facts, sink, around, token);
  }

  /** There is none in this era; what a call names is a history alone. */
  override get session(): undefined {
    return undefined;
  }

  get client(): ClientCapabilities {
    return { ...clientOf(this.envelope.capabilities), tasks: this.asking?.promotion !== undefined };
  }

  /** Without a level, the client wants none (server/utilities/logging). */
  protected get leastLevel(): LogLevel | 'none' {
    return this.envelope.logLevel ?? 'none';
  }

  /** What a calculation came to is remembered as a step is: it is one calculation, however often its handler is entered. */
  override get history(): History {
    const history = modernHistory(this.facts, this.around.metrics);
    if (!this.asking) return history;
    const { replay } = this.asking;
    const add = (calculation: NewCalculation) =>
      forgettable(replay.step('history', () => history.add(calculation), false));
    return { ...history, add: add as History['add'] };
  }

  readonly elicit = (message: string, requestedSchema: ElicitationSchema, options?: AskOptions): Promise<Elicited> => {
    const params = { mode: 'form', message, requestedSchema };
    const { loadValidator } = this.around;
    return this.ask('elicitation', { method: 'elicitation/create', params }, options, (answer) =>
      readElicited(answer, requestedSchema, loadValidator),
    );
  };

  readonly elicitUrl = (message: string, url: string, options?: AskOptions): Promise<Pick<Elicited, 'action'>> =>
    this.ask(
      'elicitationUrl',
      { method: 'elicitation/create', params: { mode: 'url', message, url } },
      options,
      readOpened,
    );

  readonly sample = (request: SamplingRequest, options?: AskOptions): Promise<Sampled> =>
    this.ask('sampling', { method: 'sampling/createMessage', params: { ...request } }, options, readSampled);

  readonly roots = (options?: AskOptions): Promise<readonly Root[]> =>
    this.ask('roots', { method: 'roots/list', params: {} }, options, readRoots);

  readonly step = <T>(name: string, run: () => T | Promise<T>, options: StepOptions = {}): Promise<T> => {
    const { asking } = this;
    const through = async () => {
      if (!asking) return run();
      return (await asking.replay.step(name, run, options.once ?? asking.stepsOnce)) as T;
    };
    return forgettable(through());
  };

  readonly detach = (handOn: (task: DetachedTask) => void | Promise<void>): Promise<HandedOn> =>
    forgettable(this.handOn(handOn));

  readonly resourceUpdated = async (uri: string, { own = false } = {}): Promise<void> => {
    const { owner, record } = this.facts;
    // Without a name, nobody's own is what nobody else can listen to either; a history that was opened is in no resource.
    if (own && (owner === undefined || record)) return;
    this.around.changes?.publish({ kind: 'resource', uri, ...(own && { owner }) });
  };

  /** Of a task, its client is told when it asks, and when it listens (SEP-2663, "Task Status Notifications"). */
  protected override async report(progress: number, total?: number, message?: string): Promise<void> {
    const task = this.asking?.promotion?.current;
    if (!task) return super.report(progress, total, message);
    await task.say(message ?? `Progress ${progress}${total === undefined ? '' : ` of ${total}`}`);
  }

  protected override async notify(method: string, params: Record<string, unknown>): Promise<void> {
    if (this.asking?.promotion?.current) return;
    if (this.asking?.replay.tells() ?? true) await super.notify(method, params);
  }

  private async handOn(handOn: (task: DetachedTask) => void | Promise<void>): Promise<HandedOn> {
    const { promotion } = this.asking ?? {};
    if (!promotion)
      throw new ToolError(
        'This call can not become a task: its client, its tool or this server has not the Tasks extension',
      );
    return (await promotion.become()).handOn(handOn);
  }

  private ask<T>(...question: Parameters<typeof this.putQuestion<T>>): Promise<T> {
    return forgettable(this.putQuestion(...question));
  }

  private async putQuestion<T>(
    capability: keyof typeof CAPABILITIES,
    request: InputRequest,
    options: AskOptions | undefined,
    read: (answer: Readonly<Record<string, unknown>>) => Read<T> | Promise<Read<T>>,
  ): Promise<T> {
    if (!this.client[capability]) throw lackingCapability([capability]);
    if (!this.asking) throw new TypeError(`${this.open.request.method} can't ask the client (basic/patterns/mrtr)`);
    const answer = await this.asking.replay.ask(request, options?.key, async (given) => {
      const fit = await read(given);
      return 'value' in fit ? { value: fit.value } : undefined;
    });
    return answer.value as T;
  }
}

/** -32021: what the client must declare before this can be served (2026-07-28, basic, "Error Codes"). */
export function lackingCapability(names: readonly (keyof typeof CAPABILITIES)[]): RpcError {
  return new RpcError(
    RPC.missingClientCapability,
    `This request needs what the client has not declared: ${names.join(', ')}`,
    { requiredCapabilities: Object.assign({}, ...names.map((name) => CAPABILITIES[name])) as Record<string, unknown> },
  );
}
