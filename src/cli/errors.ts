import { ExitCode } from './exit-codes.js';

export interface CliErrorOptions extends ErrorOptions {
  /** 1 where none is given. */
  exitCode?: ExitCode;
  /** What to do about it, as a sentence. */
  hint?: string;
}

/** A failure in words that the person at the terminal understands: one line, an optional hint, an exit code. */
export class CliError extends Error {
  readonly code = 'CLI';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = options.exitCode ?? ExitCode.failure;
    this.hint = options.hint;
  }
}

/** Ends the command with an exit code, after it has said all there is to say. */
export class QuietExit extends Error {
  readonly code = 'QUIET_EXIT';
  constructor(readonly exitCode: ExitCode) {
    super(`exit code ${exitCode}`);
    this.name = 'QuietExit';
  }
}
