import { ToolError } from '../../catalog/errors.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import type { RpcRequest } from '../../rpc/messages.js';
import { isObject } from '../../rpc/messages.js';
import type { ValueStore } from '../../sessions/contract.js';
import type { Params } from '../params.js';
import { objectOrNone } from '../params.js';
import type { Journal } from './journal.js';
import { JOURNAL_CHARACTERS, NO_JOURNAL, readJournal } from './journal.js';
import type { RunOnce } from './replay.js';
import { Seal } from './seal.js';

/** Characters of a state that travels with the client; a longer one lies in the store, where there is one. */
const CARRIED_CHARACTERS = 4_000;
/** Characters of a state that is opened at all: of a journal's characters, each may be six bytes of JSON in base64. */
const STATE_CHARACTERS = 8 * JOURNAL_CHARACTERS + 1_000;
/**
 * What the clocks of nodes may differ by, or one may be stepped back, ms. A state of a later time is refused: by a clock that was
 * stepped back it would live longer than what says that something was done already.
 */
const CLOCK_SKEW_MS = 60_000;
/**
 * How many times as long as one question all rounds of a call may take. Without an end, who asks again and again for the same
 * question would outlive what says that something was done already.
 */
const CALL_TTLS = 4;
/** How often, and how long apart, it is looked whether a step that runs elsewhere has ended, ms. */
const OUTCOME_LOOKS = 50;
const OUTCOME_LOOK_MS = 100;

/** How the states of open questions are kept. */
export interface StateOptions {
  /** The first seals, all open. Asked for at the first need. */
  readonly secrets: () => Promise<readonly string[]>;
  /** How long a question may stay open, ms. */
  readonly ttlMs: number;
  /** Where large states and the outcomes of what may happen only once are kept; seen by all who have the secrets. */
  readonly values?: ValueStore;
}

/** The states of calls that wait for answers: they go out sealed, and come back with the call that goes on. */
export class States {
  private readonly seal: Seal;

  constructor(private readonly options: StateOptions) {
    this.seal = new Seal(options.secrets);
  }

  /**
   * What a call says of the rounds before it. Throws {@link RpcError} -32602 where `requestState` is of another call, caller or tool,
   * is too old, or was changed, and where `inputResponses` are not an object.
   */
  async read(request: RpcRequest, about: () => string): Promise<{ journal: Journal; responses: Params }> {
    const { requestState, ...params } = request.params ?? {};
    const responses = objectOrNone(params, 'inputResponses');
    if (requestState === undefined) return { journal: NO_JOURNAL, responses };
    if (typeof requestState !== 'string') throw invalid('must be a string');
    try {
      return { journal: await this.open(requestState, about()), responses };
    } catch (error) {
      if (error instanceof StaleStateError) throw invalid('has expired: call again without it');
      if (isUnavailable(error)) throw error;
      throw invalid('does not belong to this call, or was changed: call again without it');
    }
  }

  /** The state of a call that is suspended. Throws a TypeError for a journal that is too long. */
  async write(journal: Journal, about: string): Promise<string> {
    const { ttlMs } = this.options;
    const text = JSON.stringify(journal);
    if (text.length > JOURNAL_CHARACTERS)
      throw new TypeError(`The answers and steps of a call are longer than ${JOURNAL_CHARACTERS} characters`);
    const since = Date.now();
    const times = { since, until: Math.min(since + ttlMs, journal.begun + CALL_TTLS * ttlMs) };
    const stored = text.length > CARRIED_CHARACTERS ? await this.store(text) : undefined;
    return this.seal.seal(
      JSON.stringify({ ...times, ...(stored === undefined ? { journal: text } : { stored }) }),
      about,
    );
  }

  /**
   * Runs what may happen only once in a call, however often its states are sent: who comes later gets what it gave. Rejects with a
   * {@link ToolError} where no store is that all servers see which can open the state.
   */
  readonly runOnce: RunOnce = async (call, step, run) => {
    const { values } = this.options;
    const ttlMs = (CALL_TTLS + 1) * this.options.ttlMs + CLOCK_SKEW_MS;
    if (!values) {
      throw new ToolError(
        'This may happen only once, and the servers that share a key have no store in common: they need --redis',
      );
    }
    const key = `once:{${call}}:${step}`;
    if (await values.claim(key, ttlMs)) {
      const outcome = await run().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      await values.put(`${key}:outcome`, 'error' in outcome ? { failed: true } : outcome, ttlMs);
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    }
    for (let look = 0; look < OUTCOME_LOOKS; look += 1) {
      const [outcome] = await values.read(`${key}:outcome`);
      if (outcome?.failed) throw new ToolError('This may happen only once, and it has failed');
      if (outcome) return outcome.value;
      await new Promise((resolve) => setTimeout(resolve, OUTCOME_LOOK_MS));
    }
    throw new ToolError(
      'This may happen only once. It was begun, and how it ended is not known: look before you call again',
    );
  };

  /** The name under which a journal is kept; undefined where no store takes it, and it travels whole. */
  private async store(journal: string): Promise<string | undefined> {
    const { values, ttlMs } = this.options;
    const name = crypto.randomUUID();
    try {
      await values?.put(`state:${name}`, { journal }, ttlMs);
    } catch (error) {
      if (isUnavailable(error)) return undefined;
      throw error;
    }
    return values && name;
  }

  private async open(state: string, about: string): Promise<Journal> {
    if (state.length > STATE_CHARACTERS) throw new TypeError('The state is too long');
    const sealed: unknown = JSON.parse(await this.seal.open(state, about));
    if (!isObject(sealed)) throw new TypeError('The state is malformed');
    const { since, until } = sealed;
    if (typeof since !== 'number' || typeof until !== 'number') throw new TypeError('The state is malformed');
    const now = Date.now();
    if (until < now || since > now + CLOCK_SKEW_MS) throw new StaleStateError();
    if (typeof sealed.journal === 'string') return readJournal(sealed.journal);
    const [stored] = (await this.options.values?.read(`state:${String(sealed.stored)}`)) ?? [];
    if (!stored) throw new StaleStateError();
    return readJournal(String(stored.journal));
  }
}

/** What a state is bound to: it opens for the same call of the same caller only, and while its entry's schema is the same. */
export function boundTo({ method, params = {} }: RpcRequest, owner: string | undefined, schema: unknown): string {
  return JSON.stringify([method, params.name, params.uri, params.arguments, owner, schema]);
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'STORE_UNAVAILABLE';
}

class StaleStateError extends Error {
  readonly code = 'STALE_STATE';
  constructor() {
    super('The state has expired');
    this.name = 'StaleStateError';
  }
}

function invalid(what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid params: params.requestState: ${what}`);
}
