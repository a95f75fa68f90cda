import { inBackground } from '../net/background.js';
import { RPC } from '../rpc/errors.js';
import type { RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import type { QuestionTable } from './asked.js';
import type { Voice } from './live-server.js';
import { failure } from './live-server.js';

/** How long a call waits for the next round of its client, ms, and how many do so at once. */
const ROUND_MS = 300_000;
const PARKED_LIMIT = 1_000;

/** What a client of the modern era can be asked. */
export const ASKABLE = ['elicitation/create', 'sampling/createMessage', 'roots/list'];

/** The name of a call that waits. */
export const PARKED = /^[A-Za-z0-9]{1,64}\.parked-[0-9a-f-]{36}$/;

/** Who may go on with a call, and with which. */
export interface ParkedFor {
  readonly owner?: string;
  readonly method: string;
  /** The name or URI of what is called. */
  readonly name: unknown;
}

/** The calls of this node that wait for their clients' next round. The name of each is its `requestState`, and can't be guessed. */
export class ParkedCalls {
  private readonly calls = new Map<string, ParkedCall>();

  constructor(
    private readonly nodeId: string,
    readonly questions: QuestionTable,
  ) {}

  find(place: string): ParkedCall | undefined {
    return this.calls.get(place);
  }

  /** The name under which a call is found from now on. Throws where too many are. */
  add(call: ParkedCall): string {
    if (this.calls.size >= PARKED_LIMIT) throw new Error(`${PARKED_LIMIT} calls wait for their clients already`);
    const place = `${this.nodeId}.parked-${crypto.randomUUID()}`;
    this.calls.set(place, call);
    return place;
  }

  remove(place: string): void {
    this.calls.delete(place);
  }
}

/**
 * A call of a modern client at a server that asks while it works: a question ends the round, and the call stays where it is until the next
 * one brings the answer.
 */
export class ParkedCall implements Voice {
  readonly sessionId = crypto.randomUUID();
  private place: string | undefined;
  private voice: Voice | undefined;
  /** What the client has been asked, or will be with this round, by the key that it answers with. */
  private readonly questions = new Map<string, RpcRequest>();
  private outcome: RpcResponse | undefined;
  private count = 0;
  private rounds = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Stops the call in its server. */
  stop: (reason: unknown) => void = () => undefined;

  constructor(
    private readonly table: ParkedCalls,
    private readonly request: RpcRequest,
    private readonly owner: ParkedFor,
    /** Throws where this client can't be asked that. */
    private readonly requireAskable: (question: RpcRequest) => void,
    voice: Voice,
  ) {
    this.voice = voice;
  }

  async notify(notification: RpcNotification): Promise<void> {
    await this.voice?.notify(notification);
  }

  async ask(question: RpcRequest): Promise<void> {
    this.requireAskable(question);
    this.place ??= this.table.add(this);
    this.questions.set(`question-${(this.count += 1)}`, question);
    // Others may follow in the same breath.
    setImmediate(() => this.endRound());
  }

  heard(): void {
    // Whether a question was answered or withdrawn, its client has its round.
  }

  answer(response: RpcResponse): void {
    this.outcome = response;
    this.settle();
  }

  /** The next round: a request of our own, with the client's answers and who it is. */
  call(request: RpcRequest, voice: Voice): number {
    const { owner, method, name, inputResponses } = request.params ?? {};
    const round = (this.rounds += 1);
    if (owner !== this.owner.owner || method !== this.owner.method || name !== this.owner.name) {
      voice.answer(
        failure(request.id, 'Invalid params: this requestState belongs to another request', RPC.invalidParams),
      );
      return round;
    }
    clearTimeout(this.timer);
    this.voice?.answer(failure(this.request.id, 'Another round of the same call has begun'));
    this.voice = voice;
    const responses = isObject(inputResponses) ? inputResponses : {};
    for (const [key, { id }] of this.questions) {
      const result = responses[key];
      if (!isObject(result)) continue;
      this.questions.delete(key);
      this.table.questions.deliver(this.sessionId, { jsonrpc: '2.0', id, result });
    }
    if (this.questions.size > 0) this.endRound();
    else if (this.outcome) this.settle();
    return round;
  }

  cancel(round: number, reason?: unknown): void {
    if (round !== this.rounds || !this.voice) return;
    this.voice = undefined;
    this.end(reason);
  }

  /** Nobody waits any more for what this round would have brought. */
  cancelled(reason: unknown): void {
    if (this.voice) this.cancel(this.rounds, reason);
  }

  private endRound(): void {
    const { voice, place } = this;
    if (!voice || place === undefined || this.questions.size === 0 || this.outcome) return;
    this.voice = undefined;
    this.timer = inBackground(setTimeout(() => this.end('The client did not go on with it'), ROUND_MS));
    const inputRequests = Object.fromEntries(
      [...this.questions].map(([key, { method, params }]) => [key, { method, params: params ?? {} }]),
    );
    const result = { resultType: 'input_required', inputRequests, requestState: place };
    voice.answer({ jsonrpc: '2.0', id: this.request.id, result });
  }

  private settle(): void {
    const { voice, outcome } = this;
    if (!voice || !outcome) return;
    this.voice = undefined;
    this.leave();
    voice.answer(outcome);
  }

  private end(reason: unknown): void {
    this.leave();
    this.stop(reason);
  }

  private leave(): void {
    clearTimeout(this.timer);
    if (this.place !== undefined) this.table.remove(this.place);
  }
}
