import { redactText } from '../../../text/secrets.js';
import { CliError } from '../../errors.js';
import { describeFailure } from '../../failure.js';

/** A failure as `--json` prints it: what stderr says in words, and of an error answer its code and data. */
export function failureAsJson(error: unknown): { error: Readonly<Record<string, unknown>> } {
  const { cause, hint } = error as { cause?: { reason?: unknown; rpcCode?: unknown; data?: unknown }; hint?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  return {
    error: {
      message: error instanceof CliError ? message : redactText(message),
      hint,
      reason: cause?.reason,
      code: cause?.rpcCode,
      data: cause?.rpcCode === undefined ? undefined : cause.data,
      exitCode: describeFailure(error).exitCode,
    },
  };
}
