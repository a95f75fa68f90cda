import { CliError } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';

const EXIT_CODES = {
  unreachable: ExitCode.unreachable,
  authentication: ExitCode.authentication,
  answer: ExitCode.errorAnswer,
  usage: ExitCode.failure,
  cancelled: ExitCode.interrupted,
} as const;

/** The client's failure as the command line tells it. The class of the error would load the client library. */
export function asCliError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'CLIENT' && 'reason' in error)) return error;
  const { reason, hint } = error as Error & { reason: keyof typeof EXIT_CODES; hint?: string };
  return new CliError(error.message, { exitCode: EXIT_CODES[reason], cause: error, ...(hint !== undefined && { hint }) });
}
