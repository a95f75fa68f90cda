import type { Tool } from '../../catalog/define.js';
import type { RpcError } from '../../rpc/errors.js';
import { isTransportCode, RPC } from '../../rpc/errors.js';
import type { RequestId } from '../../rpc/messages.js';
import { isObject } from '../../rpc/messages.js';
import { modernVersions } from '../../rpc/versions.js';
import type { TaskRecord } from '../../sessions/task-contract.js';
import type { Answer } from '../answer.js';
import { failureAnswer, resultAnswer, stamped } from '../answer.js';
import type { Surroundings } from '../call-context.js';
import type { CompiledCatalog } from '../compile.js';
import { dispatch } from '../dispatch.js';
import { asRpcError } from '../errors.js';
import { failed } from '../handlers/tools.js';
import type { OpenRequest } from '../open-requests.js';
import type { Params } from '../params.js';
import type { Facts, MessageToken, Peer, Sink } from '../served.js';
import { cacheHintOf } from './cache-hints.js';
import type { Asking } from './call-context.js';
import { lackingCapability, ModernContext } from './call-context.js';
import type { Envelope } from './envelope.js';
import { namedHistory, UNKNOWN_HISTORY } from './histories.js';
import { Replay, SuspendedError } from './replay.js';
import type { Suspension } from './replay.js';
import { honoured, readFilter } from './listen.js';
import type { Audience } from './listening.js';
import { Listening } from './listening.js';
import type { States } from './states.js';
import { boundTo } from './states.js';
import { declaresTasks, lackingTasks, seedOf } from './tasks/extension.js';
import { Promotion } from './tasks/promotion.js';
import type { RunningTask } from './tasks/running-task.js';
import type { Tasks } from './tasks/tasks.js';
import { WatchedTasks } from './tasks/watched-tasks.js';

/** The requests that may be answered with questions (2026-07-28, basic/patterns/mrtr). */
const MAY_ASK: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** How the handler of a call came to stop, or went on. */
type Outcome = { suspension: Suspension } | { record: TaskRecord } | { result: unknown };

/** What all requests of the modern era are served with. */
export interface ModernSurroundings extends Surroundings, Audience {
  readonly states: States;
  /** Absent where no tool may become a task, and where nodes have no storage in common. */
  readonly tasks?: Tasks;
}

/** The modern era (from 2026-07-28): a request carries all that is known of its client, and its answer is stamped. */
export class ModernPeer implements Peer {
  private listening: Listening | undefined;

  constructor(
    private readonly compiled: CompiledCatalog,
    private readonly introduction: Introduction,
    private readonly around: ModernSurroundings,
    private readonly facts: Facts,
    private readonly envelope: Envelope,
    private readonly sink: Sink,
  ) {}

  serve(open: OpenRequest, token?: MessageToken): Promise<void> {
    return this.answer(open, token).catch((error: unknown) => {
      this.facts.logger.warn({ requestId: this.facts.requestId, err: error }, 'an answer could not be sent');
    });
  }

  deliver(): void {
    // A client of this era sends neither answers nor notifications that a request waits for.
  }

  close(): void {
    // Whoever waits is told by the request's signal.
  }

  drain(): void {
    this.listening?.end();
  }

  private async answer(open: OpenRequest, token: MessageToken | undefined): Promise<void> {
    const { id } = open.request;
    let answer: Answer;
    try {
      answer = await this.run(open, token);
    } catch (error) {
      // What the handler of a cancelled request throws is how it stopped, and no fault.
      if (open.isAborted) return;
      answer = failureAnswer(id, this.faultOf(error, open));
    }
    if (!open.isAborted) await this.sink.answer(answer);
  }

  private async run(open: OpenRequest, token: MessageToken | undefined): Promise<Answer> {
    const { id, method, params = {} } = open.request;
    if (method === 'server/discover') return this.complete(id, method, params, this.discovered());
    if (method === 'subscriptions/listen') return this.listen(open, token);
    const { tasks } = this.around;
    if (tasks?.serves(method)) {
      this.requireTasks();
      const { owner } = this.facts;
      return this.complete(id, method, params, await tasks.serve(method, params, owner, this.introduction.stamp));
    }
    if (MAY_ASK.has(method)) return this.runAsking(open, params, token);
    const context = this.contextOf(open, token);
    return this.complete(id, method, params, await dispatch(this.compiled, method, params, context));
  }

  /** Runs a handler until it ends, or until it waits for the client: then the answer is what the client is asked. */
  private async runAsking(open: OpenRequest, params: Params, token: MessageToken | undefined): Promise<Answer> {
    const { request } = open;
    const { id, method } = request;
    const { name } = params;
    const isTool = method === 'tools/call' && typeof name === 'string';
    const called = isTool ? this.compiled.tools.get(name) : undefined;
    const about = () => boundTo(request, this.facts.owner, called?.input.json());
    if (called?.takesHistoryId) {
      const named = await namedHistory(this.facts, params);
      if (named === null) return this.complete(id, method, params, failed(UNKNOWN_HISTORY));
      this.facts.record = named;
    }
    const { states } = this.around;
    const { journal, responses } = await states.read(request, about);
    const { annotations, asks, task } = called?.tool ?? {};
    const tasks = task && this.around.tasks;
    if (tasks && task === 'required') this.requireTasks();
    const stepsOnce = annotations?.destructiveHint === true || annotations?.idempotentHint === false;
    const outcome = await new Promise<Outcome>((resolve, reject) => {
      const suspend = (suspension: Suspension) => resolve({ suspension });
      const onTask = ({ record }: RunningTask) => resolve({ record });
      const { facts } = this;
      const promotion: Promotion | undefined =
        tasks && declaresTasks(this.envelope.capabilities)
          ? new Promotion({
              tasks,
              open,
              facts,
              replay: () => replay,
              onTask,
              faultOf: (error) => this.faultOf(error, open),
            })
          : undefined;
      const replay = new Replay(journal, responses, suspend, states.runOnce, async () => promotion?.task());
      const context = this.contextOf(open, token, { replay, stepsOnce, promotion });
      if (asks) requireCapabilities(context, asks);
      const run = async () => dispatch(this.compiled, method, params, context);
      (promotion ? promotion.run(run, task === 'required') : run()).then(
        (result) => resolve({ result }),
        (error: unknown) => {
          if (!(error instanceof SuspendedError && replay.isSuspended)) reject(error as Error);
        },
      );
    });
    if ('record' in outcome) return this.handedOut(id, outcome.record);
    if ('result' in outcome) return this.complete(id, method, params, outcome.result);
    const { inputRequests, journal: next } = outcome.suspension;
    const requestState = await states.write(next, about());
    const result = { resultType: 'input_required', inputRequests, requestState, _meta: this.introduction.stamp };
    return { ...resultAnswer(id, result), outcome: 'input_required' };
  }

  /** The answer to a call that has become a task. */
  private handedOut(id: RequestId, record: TaskRecord): Answer {
    const result = { resultType: 'task', ...seedOf(record), _meta: this.introduction.stamp };
    return { ...resultAnswer(id, result), outcome: 'task' };
  }

  /** Throws {@link RpcError} -32021 where the client has not declared the Tasks extension, for this request. */
  private requireTasks(): void {
    if (!declaresTasks(this.envelope.capabilities)) throw lackingTasks();
  }

  private faultOf(error: unknown, { request }: OpenRequest): Pick<RpcError, 'code' | 'message' | 'data'> {
    return inThisEra(asRpcError(error, this.facts, request));
  }

  private listen(open: OpenRequest, token: MessageToken | undefined): Promise<Answer> {
    const filter = honoured(readFilter(open.request.params ?? {}), this.compiled, this.contextOf(open, token));
    const { tasks } = this.around;
    const { stamp } = this.introduction;
    if (tasks && filter.taskIds) this.requireTasks();
    const watched = tasks && filter.taskIds?.length ? new WatchedTasks(tasks, this.facts.owner, stamp) : undefined;
    this.listening = new Listening(this.around, this.facts, this.sink, stamp, watched);
    return this.listening.run(open, filter);
  }

  /** The result with what every result of this era carries: its kind, who answers, and how long it may be kept. */
  private complete(id: RequestId, method: string, params: Params, result: unknown): Answer {
    if (!isObject(result)) throw new TypeError('The result is not an object');
    const hint = cacheHintOf(this.compiled, method, params);
    const hinted = hint ? { ...result, ttlMs: hint.ttlMs, cacheScope: hint.scope } : result;
    return resultAnswer(id, stamped(hinted, this.introduction.stamp));
  }

  private discovered(): Record<string, unknown> {
    const { capabilities, instructions } = this.introduction;
    return { supportedVersions: modernVersions, capabilities, instructions };
  }

  /** What a handler gets; with a replay, it may ask. */
  private contextOf(open: OpenRequest, token: MessageToken | undefined, asking?: Asking): ModernContext {
    return new ModernContext(open, this.facts, this.sink, this.around, this.envelope, asking, token);
  }
}

/** What `server/discover` says, and what every result is stamped with. */
export interface Introduction {
  readonly capabilities: object;
  readonly instructions?: string;
  readonly stamp: Readonly<Record<string, unknown>>;
}

/** Codes that this era has no more become what they are in it (basic, "Error Codes"). */
export function inThisEra(error: RpcError): Pick<RpcError, 'code' | 'message' | 'data'> {
  const { message, data } = error;
  if (error.code === RPC.resourceNotFound) return { code: RPC.invalidParams, message, data };
  if (isTransportCode(error.code)) return { code: RPC.internalError, message, data };
  return error;
}

function requireCapabilities({ client }: ModernContext, asks: NonNullable<Tool['asks']>): void {
  const lacking = asks.filter((name) => !client[name]);
  if (lacking.length > 0) throw lackingCapability(lacking);
}
