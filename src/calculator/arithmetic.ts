import { CalculationError } from './errors.js';
import { Exact, OPERAND_DIGITS, bounded, sumWithoutNoise, withoutNoise } from './exact.js';
import type { Operand } from './exact.js';
import { formatExact, formatExactOperand, formatNumber, formatOperand } from './format.js';
import { formatResult, resultOf } from './result.js';
import type { Result } from './result.js';

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

/** Digits in which a sum or a product of two operands is exact, a sum of very different sizes aside. */
const EXACT_DIGITS = 2 * OPERAND_DIGITS;
/** Beyond them, so that a quotient that goes on can be told from one that ends. */
const GUARD_DIGITS = 4;

const Wide = Exact.clone({ precision: EXACT_DIGITS + GUARD_DIGITS });

/** One calculation with two operands, done. The value is rounded half away from zero where there is a precision. */
export interface Computation extends Result {
  readonly operation: Operation;
  readonly a: Operand;
  readonly b: Operand;
  /** Decimal places, 0 to {@link MAX_PRECISION}; absent where nothing is rounded. */
  readonly precision?: number;
  /** `100 ÷ 5` */
  readonly expression: string;
  /** The double nearest to the exact result. */
  readonly unrounded: number;
  /** The exact result as text: in full where all its digits are known. */
  readonly unroundedText: string;
}

/**
 * Computes `a` operation `b` in decimal, so that 0.1 + 0.2 is 0.3. Numbers must be finite, and texts decimals.
 * Throws {@link CalculationError} on division by zero and on overflow; a result below the smallest double is 0.
 */
export function compute(operation: Operation, a: Operand, b: Operand, precision?: number): Computation {
  const expression = expressionOf(operation, a, b);
  const what = () => expression;
  const calculated = applyOperation(operation, new Wide(a), new Wide(b), what);
  const result = resultOf(calculated, what, EXACT_DIGITS);
  const rounded =
    precision === undefined ? result : resultOf(calculated.toDecimalPlaces(precision), what, EXACT_DIGITS);
  return {
    operation,
    a,
    b,
    precision,
    expression,
    unrounded: result.value,
    unroundedText: formatResult(result),
    value: rounded.value,
    exact: rounded.exact,
  };
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
export function expressionOf(operation: Operation, a: Operand, b: Operand): string {
  return `${formatNumber(a)} ${operationSymbols[operation]} ${formatOperand(b)}`;
}
