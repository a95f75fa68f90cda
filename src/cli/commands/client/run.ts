import type { Connection, RequestExtras } from '../../../client/connection.js';
import type { ConnectOptions } from '../../../client/link.js';
import type { Output } from '../../output.js';
import type { Asker } from './ask.js';
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
  /** Absent where there is nobody to ask. */
  readonly asker: Asker | undefined;
  /** One line to stderr, past the progress bar. */
  say(line: string): void;
  /** One more connection to the same server, made in the same way; whoever opens it closes it. */
  open(options?: Pick<ConnectOptions, 'callbacks' | 'signal'>): Promise<Connection>;
  /** Whether the connection is used after the verb: what a verb began there, it ends. */
  readonly goesOn?: true;
  /** Shows from now on how long it takes, on a terminal; the result, a question or progress ends that. */
  waits?(): void;
  /** For a request that may take its time: progress is shown, Ctrl-C cancels it at the server. */
  readonly extras: RequestExtras;
}

/** What a verb does, once there is a connection. */
export type Act = (run: ClientRun) => Promise<void>;

/** Where the notifications of the server go; nowhere until somebody listens. */
export interface Changes {
  listen(onChange: ChangeListener): void;
}

export type ChangeListener = (method: string, params: Readonly<Record<string, unknown>>) => void;
