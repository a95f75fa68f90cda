import type {
  AskOptions,
  Caller,
  ClientCapabilities,
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
import { RPC, RpcError } from '../../rpc/errors.js';
import type { Surroundings } from '../call-context.js';
import { clientOf, HandlerContext } from '../call-context.js';
import { forgettable } from '../errors.js';
import type { OpenRequest } from '../open-requests.js';
import type { Read } from '../questions.js';
import { readElicited, readRoots, readSampled } from '../questions.js';
import type { Facts, MessageToken, Sink } from '../served.js';
import type { Envelope } from './envelope.js';
import type { InputRequest, Replay } from './replay.js';

/** A capability of the client's, as an error names it (schema.ts, `ClientCapabilities`). */
const CAPABILITIES = { elicitation: { elicitation: { form: {} } }, sampling: { sampling: {} }, roots: { roots: {} } };

/** The {@link CallContext} of one request of the modern era: a question ends the round, and the handler is entered again. */
export class ModernContext extends HandlerContext {
  constructor(
    open: OpenRequest,
    facts: Facts,
    sink: Sink,
    around: Surroundings,
    private readonly envelope: Envelope,
    /** Absent for what can't ask: lists and completion (basic/patterns/mrtr). */
    private readonly replay: Replay | undefined,
    /** Whether each step of this tool may happen only once. */
    private readonly stepsOnce: boolean,
    token?: MessageToken,
  ) {
    super(open, facts, sink, around, token);
  }

  get client(): ClientCapabilities {
    return clientOf(this.envelope.capabilities);
  }

  /** Without a level, the client wants none (server/utilities/logging). */
  protected get leastLevel(): LogLevel | 'none' {
    return this.envelope.logLevel ?? 'none';
  }

  /** What a calculation came to is remembered as a step is: it is one calculation, however often its handler is entered. */
  override get history(): History {
    const { replay } = this;
    const history = super.history;
    if (!replay) return history;
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

  readonly sample = (request: SamplingRequest, options?: AskOptions): Promise<Sampled> =>
    this.ask('sampling', { method: 'sampling/createMessage', params: { ...request } }, options, readSampled);

  readonly roots = (options?: AskOptions): Promise<readonly Root[]> =>
    this.ask('roots', { method: 'roots/list', params: {} }, options, readRoots);

  readonly step = <T>(name: string, run: () => T | Promise<T>, options: StepOptions = {}): Promise<T> => {
    const { replay, stepsOnce } = this;
    const once = options.once ?? stepsOnce;
    return forgettable((async () => (replay ? ((await replay.step(name, run, once)) as T) : run()))());
  };

  readonly resourceUpdated = async (uri: string, { own = false } = {}): Promise<void> => {
    const { caller } = this.facts;
    // Without a name, nobody's own is what nobody else can listen to either.
    if (own && !caller) return;
    this.around.changes?.publish({ kind: 'resource', uri, ...(own && { owner: ownerKey(caller) }) });
  };

  protected override async notify(method: string, params: Record<string, unknown>): Promise<void> {
    if (this.replay?.tells() ?? true) await super.notify(method, params);
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
    if (!this.replay) throw new TypeError(`${this.open.request.method} can't ask the client (basic/patterns/mrtr)`);
    const answer = await this.replay.ask(request, options?.key, async (given) => {
      const fit = await read(given);
      return 'value' in fit ? { value: fit.value } : undefined;
    });
    return answer.value as T;
  }
}

/** Who a caller is, whatever token it came with. */
export function ownerKey(caller: Caller | undefined): string | undefined {
  return caller && JSON.stringify([caller.issuer, caller.subject]);
}

/** -32021: what the client must declare before this can be served (2026-07-28, basic, "Error Codes"). */
export function lackingCapability(names: readonly (keyof typeof CAPABILITIES)[]): RpcError {
  return new RpcError(
    RPC.missingClientCapability,
    `This request needs what the client has not declared: ${names.join(', ')}`,
    { requiredCapabilities: Object.assign({}, ...names.map((name) => CAPABILITIES[name])) as Record<string, unknown> },
  );
}
