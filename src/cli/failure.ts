import { CommanderError } from 'commander';
import { AuthConfigurationError } from '../auth/errors.js';
import { ConfigError } from '../config/errors.js';
import { ListenError } from '../http/errors.js';
import { CrashedError, ServeError, UnreadError, WorkersEndedError } from '../server/errors.js';
import { manyLines } from '../text/harmless.js';
import { redactText } from '../text/secrets.js';
import { CliError, QuietExit } from './errors.js';
import { ExitCode } from './exit-codes.js';

/** How a command that threw ends: what stderr gets, and the exit code. */
export interface Failure {
  readonly exitCode: number;
  readonly lines: readonly string[];
  /** What stdout has not taken by now is given up: its reader may never come. */
  readonly unread?: true;
}

/** Codes of errors, by the exit code they stand for; their classes would load what the command may not need. */
const UNREACHABLE_CODES = new Set([
  'STORE_UNAVAILABLE',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** Their sentences are ours, and come with what they quote redacted; the message of any other error may quote a secret. */
const OURS = [CliError, ConfigError, ServeError, AuthConfigurationError, ListenError];

/** Translates an error into exit code and lines; with `debug`, the stack and its causes follow. */
export function describeFailure(error: unknown, debug = false): Failure {
  const failure = translate(error);
  if (!debug || failure.lines.length === 0) return failure;
  return { ...failure, lines: [...failure.lines, ...stackOf(error)] };
}

function translate(error: unknown): Failure {
  // Whoever threw these has said all there is to say.
  if (error instanceof QuietExit || error instanceof WorkersEndedError) return { exitCode: error.exitCode, lines: [] };
  if (error instanceof CrashedError || error instanceof UnreadError)
    return { exitCode: error.exitCode, lines: [], unread: true };
  // commander has written its message by then.
  if (error instanceof CommanderError) return { exitCode: error.exitCode, lines: [] };
  if (!(error instanceof Error)) return { exitCode: ExitCode.failure, lines: [named(shown(error, String(error)))] };
  const hint = 'hint' in error && typeof error.hint === 'string' ? [`  ${manyLines(error.hint)}`] : [];
  // A ConfigError has a line for every problem.
  const message = shown(error, error.message === '' ? error.name : error.message);
  return { exitCode: exitCodeOf(error), lines: [...message.split('\n').map(named), ...hint] };
}

function exitCodeOf(error: Error): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  return 'code' in error && UNREACHABLE_CODES.has(String(error.code)) ? ExitCode.unreachable : ExitCode.failure;
}

/** What an error says of itself, fit for the terminal. */
function shown(error: unknown, text: string): string {
  return manyLines(OURS.some((Ours) => error instanceof Ours) ? text : redactText(text));
}

function named(line: string): string {
  return `mcp-calc: ${line}`;
}

const CAUSES_SHOWN = 5;

function stackOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let cause = error; cause instanceof Error && stacks.length < CAUSES_SHOWN; cause = cause.cause)
    stacks.push(shown(cause, cause.stack ?? cause.message));
  return stacks;
}
