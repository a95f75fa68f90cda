import { isObject } from '../../rpc/messages.js';
import type { Params } from '../params.js';
import type { Asked, Journal } from './journal.js';
import { digestOf } from './seal.js';

/** One question as the client gets it (2026-07-28, basic/patterns/mrtr). */
export interface InputRequest {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list';
  readonly params: Params;
}

/** Where a call stops until its client has answered. */
export interface Suspension {
  readonly inputRequests: Readonly<Record<string, InputRequest>>;
  readonly journal: Journal;
}

/** What an answer comes to where it fits the question; undefined where it does not. */
export type Reading = (
  answer: Params,
) => Record<string, unknown> | undefined | Promise<Record<string, unknown> | undefined>;

/** Runs a step that may happen only once, or finds what it gave when it did. */
export type RunOnce = (call: string, step: string, run: () => Promise<unknown>) => Promise<unknown>;

/** Asks a question and waits for its answer, however long; again under another key where the answer does not fit. */
export interface LiveAsker {
  ask(key: string, request: InputRequest, read: Reading): Promise<Params>;
}

/** Questions of one call, steps and keys included, and characters of one key: they are the author's, and go to the client. */
export const ENTRIES_PER_CALL = 200;
const KEY_CHARACTERS = 200;

/** The call has stopped: whoever still runs in it hears so, and what it does from now on is discarded. */
export class SuspendedError extends Error {
  readonly code = 'SUSPENDED';
  constructor() {
    super('The call is suspended until its client has answered; its handler is entered again then');
    this.name = 'SuspendedError';
  }
}

/**
 * One entry into a handler that asks. It is entered from its beginning in each round: what it asked and did before is in the
 * journal and comes back at once, so that it arrives where it stopped. A question without an answer is put aside, and once nothing
 * else is being decided, one turn of the loop later, the call is suspended with all that are pending.
 */
export class Replay {
  private readonly answers: Map<string, { readonly digest: string; readonly answer: Record<string, unknown> }>;
  private readonly steps: Map<string, { readonly value?: unknown }>;
  private readonly asked: ReadonlyMap<string, Asked>;
  private readonly pending: { asked: Asked; request: InputRequest; reject: (error: Error) => void }[] = [];
  /** The questions that wait for their answer, in this entry: whether each has a key of its author's. */
  private readonly open = new Map<string, boolean>();
  private readonly used = new Map<string, number>();
  private deciding = 0;
  private told = 0;
  private suspended = false;

  constructor(
    private readonly journal: Journal,
    /** The client's answers, by the keys under which it was asked; without a state, by the questions' own. */
    private readonly responses: Params,
    private readonly suspend: (suspension: Suspension) => void,
    private readonly runOnce: RunOnce,
    /** Who asks instead, where the call goes on while its client thinks. */
    private readonly live: () => Promise<LiveAsker | undefined> = async () => undefined,
  ) {
    this.answers = new Map(Object.entries(journal.answers));
    this.steps = new Map(Object.entries(journal.steps));
    this.asked = new Map(journal.asked.map((asked) => [asked.key, asked]));
  }

  get isSuspended(): boolean {
    return this.suspended;
  }

  /** Whether it stops for answers, or is about to. */
  get isWaiting(): boolean {
    return this.suspended || this.pending.length > 0;
  }

  /** The answer, where there is one by now; otherwise the call is suspended, and this rejects with {@link SuspendedError}. */
  async ask(request: InputRequest, key: string | undefined, read: Reading): Promise<Record<string, unknown>> {
    const own = this.keyOf('question', key ?? 'question');
    if (this.open.size > 0 && (key === undefined || [...this.open.values()].includes(false)))
      throw new TypeError('Questions that are asked at once need a key each, such as elicit(message, schema, { key })');
    this.open.set(own, key !== undefined);
    try {
      const found = await this.decide(() => this.look(own, request, read));
      if ('answer' in found) return found.answer;
      const live = await this.live();
      return live ? await live.ask(found.shown, request, read) : await this.putAside(found, request);
    } finally {
      this.open.delete(own);
    }
  }

  /** Runs a step, or gives what it gave in an earlier round. What it gives is kept as JSON. */
  async step(name: string, run: () => unknown, once: boolean): Promise<unknown> {
    const key = this.keyOf('step', name);
    const known = this.steps.get(key);
    if (known) return known.value;
    return this.decide(async () => {
      // Nobody can repeat the first round by sending a state again: it has none.
      const { call } = this.journal;
      const value = once && call !== '' ? await this.runOnce(call, key, () => asJson(run)) : await asJson(run);
      this.steps.set(key, { value });
      return value;
    });
  }

  /** Whether a notification is new: those that earlier entries have sent are not sent again. */
  tells(): boolean {
    if (this.suspended) return false;
    this.told += 1;
    return this.told > this.journal.told;
  }

  /** The answer to a question, from an earlier round or from this one; where there is none that fits, how it is to be asked. */
  private async look(key: string, request: InputRequest, read: Reading): Promise<Asked | { answer: Params }> {
    const digest = await digestOf(JSON.stringify(request));
    const known = this.answers.get(key);
    if (known?.digest === digest) return known;
    const before = this.asked.get(key);
    const same = before?.digest === digest ? before : undefined;
    const isFirstRound = this.journal.call === '';
    const given = same || isFirstRound ? this.responses[same?.shown ?? key] : undefined;
    const answer = isObject(given) ? await read(given) : undefined;
    if (answer) {
      this.answers.set(key, { digest, answer });
      return { answer };
    }
    const attempt = (same?.attempt ?? 0) + (given === undefined ? 0 : 1);
    return { key, shown: attempt === 0 ? key : `${key}~${attempt}`, digest, attempt };
  }

  /** Nothing is suspended while it is still open what else will be asked. */
  private async decide<T>(decision: () => Promise<T>): Promise<T> {
    this.deciding += 1;
    try {
      return await decision();
    } finally {
      this.deciding -= 1;
      this.suspendSoon();
    }
  }

  private putAside(asked: Asked, request: InputRequest): Promise<never> {
    if (this.suspended) throw new SuspendedError();
    const answer = new Promise<never>((_resolve, reject) => this.pending.push({ asked, request, reject }));
    this.suspendSoon();
    return answer;
  }

  private suspendSoon(): void {
    if (this.pending.length === 0) return;
    setTimeout(() => {
      if (this.deciding > 0 || this.suspended) return;
      this.suspended = true;
      this.suspend({
        inputRequests: Object.fromEntries(this.pending.map(({ asked, request }) => [asked.shown, request])),
        journal: {
          answers: Object.fromEntries(this.answers),
          steps: Object.fromEntries(this.steps),
          asked: this.pending.map(({ asked }) => asked),
          told: Math.max(this.told, this.journal.told),
          call: this.journal.call || crypto.randomUUID(),
          begun: this.journal.begun || Date.now(),
        },
      });
      // So that a handler's own `finally` runs; what it does or throws then is discarded.
      for (const { reject } of this.pending) reject(new SuspendedError());
    });
  }

  /** The key of the next question or step of this name: the second one of a name is another. */
  private keyOf(kind: 'question' | 'step', name: string): string {
    if (this.suspended) throw new SuspendedError();
    if (name === '' || name.length > KEY_CHARACTERS || name === '__proto__')
      throw new TypeError(`The key of a ${kind} must have 1 to ${KEY_CHARACTERS} characters`);
    if (this.answers.size + this.steps.size + this.open.size >= ENTRIES_PER_CALL)
      throw new TypeError(`A call can have at most ${ENTRIES_PER_CALL} questions and steps`);
    const count = (this.used.get(`${kind} ${name}`) ?? 0) + 1;
    this.used.set(`${kind} ${name}`, count);
    return count === 1 ? name : `${name}#${count}`;
  }
}

async function asJson(run: () => unknown): Promise<unknown> {
  const value: unknown = await run();
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
