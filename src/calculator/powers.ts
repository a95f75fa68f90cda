import { CalculationError } from './errors.js';
import { Exact, bounded, withoutNoise } from './exact.js';
import { formatExact, formatExactOperand } from './format.js';

/**
 * base^exponent; 0^0 is 1. Throws {@link CalculationError} for 0 to a negative power, for a negative base to a
 * fractional power, and on overflow. The cost does not grow with the exponent.
 */
export function power(base: Exact, exponent: Exact): Exact {
  const what = () => `${formatExactOperand(base)} ^ ${formatExactOperand(exponent)}`;
  // The noise of 1 / 3 * 3 must not turn a whole exponent into a fraction.
  const whole = withoutNoise(exponent);
  const by = whole.isInteger() ? whole : exponent;
  if (base.isZero() && by.lessThan(0)) {
    throw new CalculationError(`${what()} divides by zero. Use a base other than 0, or an exponent of 0 or more.`);
  }
  if (base.lessThan(0) && !by.isInteger()) {
    throw new CalculationError(`${what()} has no real value: a negative base needs a whole exponent.`);
  }
  return bounded(base.pow(by), what);
}

/** The square root. Throws {@link CalculationError} for a negative number. */
export function squareRoot(value: Exact): Exact {
  if (value.lessThan(0)) {
    throw new CalculationError(`sqrt(${formatExact(value)}) has no real value: use a number of 0 or more.`);
  }
  return value.sqrt();
}

/** e^value. Throws {@link CalculationError} on overflow. */
export function exponential(value: Exact): Exact {
  return bounded(value.exp(), () => `exp(${formatExact(value)})`);
}

/**
 * The logarithm, natural without a base. Throws {@link CalculationError} unless the value is above 0, and the base
 * above 0 and not 1.
 */
export function logarithm(value: Exact, base?: Exact): Exact {
  if (value.lessThanOrEqualTo(0)) {
    throw new CalculationError(`log of ${formatExact(value)} has no real value: use a number above 0.`);
  }
  if (base === undefined) return value.ln();
  if (base.lessThanOrEqualTo(0) || base.equals(1)) {
    throw new CalculationError(`log to base ${formatExact(base)} is not defined: use a base above 0 that is not 1.`);
  }
  return bounded(Exact.log(value, base), () => `log(${formatExact(value)}, ${formatExact(base)})`);
}
