import { RELIABLE_DIGITS, exact, nearestNumber } from './exact.js';
import type { Exact } from './exact.js';
import { formatInFull, formatNumber } from './format.js';

/** What a calculation comes to. */
export interface Result {
  /** The double nearest to it. */
  readonly value: number;
  /** All its digits, where they are known and the double does not keep them. */
  readonly exact?: string;
}

/**
 * The result of a calculation that carried more digits than the `reliable` ones: one that needs no more of them is known in
 * full. Throws {@link CalculationError} beyond `Number.MAX_VALUE`; `what` names the calculation in the message.
 */
export function resultOf(calculated: Exact, what: () => string, reliable = RELIABLE_DIGITS): Result {
  const value = nearestNumber(calculated, what);
  if (calculated.precision() > reliable || exact(value).equals(calculated)) return { value };
  return { value, exact: formatInFull(calculated) };
}

/** A result as text, with all of its digits. */
export function formatResult({ value, exact: digits }: Result): string {
  return digits ?? formatNumber(value);
}
