import { isObject } from '../../rpc/messages.js';

/** A question that the client was asked in the last round. */
export interface Asked {
  /** The question's own key; the client sees {@link Asked.shown}. */
  readonly key: string;
  /** The key under which the client answers: a fresh one where it answered wrongly. */
  readonly shown: string;
  /** Of the question as it was put: changed code or arguments ask anew. */
  readonly digest: string;
  /** How often it was answered wrongly. */
  readonly attempt: number;
}

/** What the earlier entries into a handler have done: all that its next entry needs in order to get there again. */
export interface Journal {
  /** By question: its digest, and the answer, which was checked. */
  readonly answers: Record<string, { readonly digest: string; readonly answer: Record<string, unknown> }>;
  /** By step: what it gave, as JSON. */
  readonly steps: Record<string, { readonly value?: unknown }>;
  readonly asked: readonly Asked[];
  /** Notifications that the client has. */
  readonly told: number;
  /** Stands for the call through all of its rounds, however often its states are sent: something may happen only once in it. */
  readonly call: string;
  /** When its first round ended, ms since the epoch: whatever is asked again, all of it has an end. */
  readonly begun: number;
}

export const NO_JOURNAL: Journal = { answers: {}, steps: {}, asked: [], told: 0, call: '', begun: 0 };

/** Characters of a journal as JSON: it travels with the client, or lies in the store. */
export const JOURNAL_CHARACTERS = 64_000;

/** Throws a TypeError for what is not one: it was sealed by this build or by a newer one. */
export function readJournal(text: string): Journal {
  const journal: unknown = JSON.parse(text);
  if (isObject(journal)) {
    const { answers, steps, asked, told, call, begun } = journal;
    const isWhole = isObject(answers) && isObject(steps) && Array.isArray(asked) && typeof told === 'number';
    if (isWhole && typeof call === 'string' && typeof begun === 'number') return journal as unknown as Journal;
  }
  throw new TypeError('The state holds no journal that is understood here');
}
