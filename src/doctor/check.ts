import { redactText } from '../text/secrets.js';
import type { DoctorContext } from './context.js';

/** How bad it is: `info` says what was not looked at, or what is worth knowing and no fault. */
export type Level = 'ok' | 'info' | 'warning' | 'failure';

/** One thing that a check found. */
export interface Finding {
  readonly level: Level;
  /** What it is about, where a check looks at several things: the name of a file. */
  readonly subject?: string;
  /** One sentence, without a stop at its end. Never a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** One question to this machine, or to a server elsewhere. A check changes nothing and writes no file. */
export interface Check {
  /** The name of its file. */
  readonly id: string;
  readonly title: string;
  /** How long it may take, ms; then its signal is aborted and its result is a failure. */
  readonly timeoutMs: number;
  /** The id of a check without whose success this one can only fail for the same cause, and is left out. */
  readonly after?: string;
  /** Whether there is anything to ask; always, where it is absent. */
  applies?(context: DoctorContext): boolean;
  /** The signal stops what is still running. An error that is thrown counts as a failure. */
  run(context: DoctorContext, signal: AbortSignal): Promise<readonly Finding[]>;
}

/** Declares a check. */
export function defineCheck(check: Check): Check {
  return check;
}

/** A check that asks the server of `--url`, and has nothing to ask without one. */
export function defineRemoteCheck(
  check: Omit<Check, 'run'> & {
    run(url: URL, context: DoctorContext, signal: AbortSignal): Promise<readonly Finding[]>;
  },
): Check {
  return {
    ...check,
    applies: ({ url }) => url !== undefined,
    run: async (context, signal) => (context.url === undefined ? [] : check.run(context.url, context, signal)),
  };
}

export const ok = (message: string): Finding => ({ level: 'ok', message });
export const info = (message: string, fix?: string): Finding => ({ level: 'info', message, fix });
export const warning = (message: string, fix: string): Finding => ({ level: 'warning', message, fix });
export const failure = (message: string, fix: string): Finding => ({ level: 'failure', message, fix });

const CAUSES = 5;

/** Why something failed, in a few words: what fetch and Redis wrap is unwrapped. */
export function reasonOf(error: unknown): string {
  let deepest: unknown = error;
  for (let depth = 0; depth < CAUSES; depth++) {
    const next = causeOf(deepest);
    if (next === undefined) break;
    deepest = next;
  }
  if (!(deepest instanceof Error)) return redactText(String(deepest));
  if (deepest.name === 'TimeoutError') return 'no answer in time';
  return redactText(deepest.message) || ('code' in deepest ? String(deepest.code) : deepest.name);
}

function causeOf(error: unknown): unknown {
  // A name with several addresses fails with an error for each of them, and an empty message.
  if (error instanceof AggregateError) return error.errors[0];
  if (!(error instanceof Error)) return undefined;
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return error.lastNodeError;
  return error.cause instanceof Error ? error.cause : undefined;
}
