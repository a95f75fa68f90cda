import { CalculationError } from './errors.js';
import { bounded, exact, nearestNumber, sumWithoutNoise, withoutNoise } from './exact.js';
import type { Exact } from './exact.js';
import { formatExact, formatExactOperand, formatNumber, formatOperand } from './format.js';

export const operations = ['add', 'subtract', 'multiply', 'divide'] as const;
export type Operation = (typeof operations)[number];

/** Decimal places that a result may be rounded to. */
export const MAX_PRECISION = 15;

export const operationSymbols: Readonly<Record<Operation, string>> = {
  add: '+',
  subtract: '-',
  multiply: '×',
  divide: '÷',
};

/** One calculation with two operands, done. */
export interface Computation {
  readonly operation: Operation;
  readonly a: number;
  readonly b: number;
  /** Decimal places, 0 to {@link MAX_PRECISION}; absent where nothing is rounded. */
  readonly precision?: number;
  /** `100 ÷ 5` */
  readonly expression: string;
  /** The double nearest to the exact result. */
  readonly unrounded: number;
  /** The result, rounded half away from zero where there is a precision. */
  readonly value: number;
}

/**
 * Computes `a` operation `b` in decimal, so that 0.1 + 0.2 is 0.3. Both must be finite.
 * Throws {@link CalculationError} on division by zero and on overflow; a result below the smallest double is 0.
 */
export function compute(operation: Operation, a: number, b: number, precision?: number): Computation {
  const expression = expressionOf(operation, a, b);
  const result = applyOperation(operation, exact(a), exact(b), () => expression);
  const unrounded = nearestNumber(result, () => expression);
  if (precision === undefined) return { operation, a, b, expression, unrounded, value: unrounded };
  const value = nearestNumber(result.toDecimalPlaces(precision), () => expression);
  return { operation, a, b, precision, expression, unrounded, value };
}

/** The same on decimals, for larger expressions; `what` names the calculation in messages. */
export function applyOperation(operation: Operation, a: Exact, b: Exact, what: () => string): Exact {
  switch (operation) {
    case 'add':
      return bounded(sumWithoutNoise(a, b), what);
    case 'subtract':
      return bounded(sumWithoutNoise(a, b.negated()), what);
    case 'multiply':
      return bounded(a.times(b), what);
    case 'divide':
      if (b.isZero())
        throw new CalculationError(`Division by zero: ${what()} has no value. Use a divisor other than 0.`);
      return bounded(a.dividedBy(b), what);
  }
}

/** What is left of a ÷ b, with the sign of a. Throws {@link CalculationError} for a divisor of 0. */
export function remainder(a: Exact, b: Exact): Exact {
  const what = () => `${formatExact(a)} % ${formatExactOperand(b)}`;
  if (b.isZero()) throw new CalculationError(`Division by zero: ${what()} has no value. Use a divisor other than 0.`);
  return bounded(withoutNoise(a).modulo(withoutNoise(b)), what);
}

/** `5 - (-3)`: what `evaluate` reads as the same calculation. */
export function expressionOf(operation: Operation, a: number, b: number): string {
  return `${formatNumber(a)} ${operationSymbols[operation]} ${formatOperand(b)}`;
}
