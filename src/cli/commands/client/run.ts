import type { Connection, RequestExtras } from '../../../client/connection.js';
import type { Output } from '../../output.js';
import type { ClientFlags } from './verb.js';

/** One run of a verb: what it works with. */
export interface ClientRun {
  readonly connection: Connection;
  /** Where a verb looks something up before its request: with `--curl` the server itself, if it is there. */
  readonly lookup: Connection | undefined;
  readonly flags: ClientFlags;
  readonly output: Output;
  /** The operands before `--`. */
  readonly operands: readonly string[];
  readonly signal: AbortSignal;
  /** What the server tells has changed. */
  readonly changes: Changes;
  /** One line to stderr, past the progress bar. */
  say(line: string): void;
  /** For a request that may take its time: progress is shown, Ctrl-C cancels it at the server. */
  readonly extras: RequestExtras;
}

/** Where the notifications of the server go; nowhere until somebody listens. */
export interface Changes {
  listen(onChange: ChangeListener): void;
}

export type ChangeListener = (method: string, params: Readonly<Record<string, unknown>>) => void;
