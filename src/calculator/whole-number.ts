import { CalculationError } from './errors.js';
import { withoutNoise } from './exact.js';
import type { Exact } from './exact.js';
import { formatExact, formatNumber } from './format.js';

/**
 * The value as a whole number from 0 to `max`, a safe integer. Throws {@link CalculationError} for any other;
 * `role` names it in the message, such as `factorial: n`.
 */
export function wholeNumber(value: Exact, role: string, max: number): number {
  const whole = withoutNoise(value);
  const given = formatExact(whole);
  if (!whole.isInteger()) throw new CalculationError(`${role} must be a whole number, and ${given} is not.`);
  if (whole.lessThan(0)) throw new CalculationError(`${role} must be 0 or more, and ${given} is negative.`);
  if (whole.greaterThan(max)) throw new CalculationError(`${role} must be at most ${formatNumber(max)}, and ${given} is more.`);
  return whole.toNumber();
}
