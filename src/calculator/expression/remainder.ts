import { CalculationError } from '../errors.js';
import { bounded, withoutNoise } from '../exact.js';
import type { Exact } from '../exact.js';
import { formatExact, formatExactOperand } from '../format.js';

/** What is left of a ÷ b, with the sign of a. Throws {@link CalculationError} for a divisor of 0. */
export function remainder(a: Exact, b: Exact): Exact {
  const what = () => `${formatExact(a)} % ${formatExactOperand(b)}`;
  if (b.isZero()) throw new CalculationError(`Division by zero: ${what()} has no value. Use a divisor other than 0.`);
  return bounded(withoutNoise(a).modulo(withoutNoise(b)), what);
}
