import { Decimal } from 'decimal.js';
import { CalculationError } from './errors.js';

/** Digits that intermediate results carry: twice what a double holds, so that the last rounding is the only one that shows. */
export const WORKING_DIGITS = 34;
/** Digits that are free of rounding noise: what lies beyond them decides nothing. */
export const RELIABLE_DIGITS = 30;
/** Intermediate results may leave the range of a double, up to ten to this power either way. */
export const MAX_EXPONENT = 1_000;

/**
 * decimal.js with settings of its own: the shared constructor stays as any other module left it.
 * Its exponent limits stay wide open, because with narrow ones `atan` never ends for an argument near the limit.
 */
export const Exact = Decimal.clone({ defaults: true, precision: WORKING_DIGITS, rounding: Decimal.ROUND_HALF_UP });
export type Exact = Decimal;

/** An operand as it is given: a finite double, or the digits of a decimal that {@link isDecimal}. */
export type Operand = number | string;

/** Significant digits of an operand. */
export const OPERAND_DIGITS = RELIABLE_DIGITS;
/** Characters of an operand that is given as text: its digits, zeros around them, sign, point and exponent. */
export const OPERAND_LENGTH = 400;
/** How a decimal is written, as a JSON number is, or with the sign and the zeros that JSON leaves out. */
export const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

const ZERO = new Exact(0);

/** Whether a text is a decimal that is calculated with without loss. */
export function isDecimal(text: string): boolean {
  if (text.length > OPERAND_LENGTH || !DECIMAL.test(text)) return false;
  const given = new Exact(text);
  return given.isZero() || (given.precision() <= OPERAND_DIGITS && Math.abs(given.e) <= MAX_EXPONENT);
}

/** The exact decimal that a finite double is written as, or the digits given, rounded to {@link WORKING_DIGITS}. */
export function exact(value: number | string | bigint): Exact {
  const given = new Exact(value).toSignificantDigits(WORKING_DIGITS);
  return given.isZero() ? ZERO : given;
}

/**
 * An intermediate result within bounds: what is too small counts as 0, and 0 has no sign. Throws {@link CalculationError} for one that is
 * too large; `what` names it in the message.
 */
export function bounded(result: Exact, what: () => string): Exact {
  if (result.isNaN()) throw new CalculationError(`${what()} has no real value.`);
  if (!result.isFinite() || result.e > MAX_EXPONENT) throw tooLarge(what());
  return result.isZero() || result.e < -MAX_EXPONENT ? ZERO : result;
}

/**
 * The double nearest to a result; never NaN, infinite or negative zero. What is smaller than the smallest double is 0.
 * Throws {@link CalculationError} beyond `Number.MAX_VALUE`; `what` names the calculation in the message.
 */
export function nearestNumber(result: Exact, what: () => string): number {
  const nearest = bounded(result, what).toNumber();
  if (!Number.isFinite(nearest)) throw tooLarge(what());
  return nearest === 0 ? 0 : nearest;
}

/** The value without the noise of earlier roundings, for whatever looks at single digits: `floor(1 / 3 * 3)` is 1. */
export function withoutNoise(value: Exact): Exact {
  return value.toSignificantDigits(RELIABLE_DIGITS);
}

/** A sum or difference, or 0 where nothing but the noise of its terms is left: `sqrt(2) ^ 2 - 2` is 0. */
export function sumWithoutNoise(a: Exact, b: Exact): Exact {
  const sum = a.plus(b);
  if (a.isZero() || b.isZero() || sum.isZero()) return sum;
  return sum.e < Math.max(a.e, b.e) - RELIABLE_DIGITS ? ZERO : sum;
}

function tooLarge(what: string): CalculationError {
  return new CalculationError(`${what} is too large: numbers reach to ${Number.MAX_VALUE}. Use smaller numbers.`);
}
