import { Fault } from '../report.js';
import type { WireAnswer } from './wire.js';

/** The error that a request must be refused with; over HTTP the status, too. Throws a {@link Fault} for any other answer. */
export function requireRefusal(
  { status, result, error }: WireAnswer,
  code: number,
  wanted: number,
): { data?: unknown } {
  if (result !== undefined) throw new Fault(`answered with a result, not with error ${code}`);
  if (error === undefined)
    throw new Fault(`answered with HTTP ${status} and no JSON-RPC error, not with error ${code}`);
  if (error.code !== code) throw new Fault(`answered with error ${String(error.code)}, not with ${code}`);
  if (status !== undefined && status !== wanted) throw new Fault(`answered with HTTP ${status}, not with ${wanted}`);
  return error;
}
