import { applyOperation, operationSymbols, remainder } from '../arithmetic.js';
import type { Operation } from '../arithmetic.js';
import { CalculationError } from '../errors.js';
import type { Exact } from '../exact.js';
import { formatExact, formatExactOperand } from '../format.js';
import { power } from '../powers.js';
import type { Budget } from './budget.js';

const operations: Readonly<Record<string, Operation>> = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide' };

/** The steps of what is slower than a sum: a remainder is a long division, a fractional power a logarithm and more. */
const REMAINDER_STEPS = 20;
const WHOLE_POWER_STEPS = 20;
const POWER_STEPS = 100;

/** Applies an operator of the parsed tree. Throws {@link CalculationError} where there is no value, and beyond the budget. */
export function applyOperator(operator: string, a: Exact, b: Exact, budget: Budget): Exact {
  if (operator === '**') {
    budget.spend(powerSteps(b));
    return power(a, b);
  }
  if (operator === '%') {
    budget.spend(REMAINDER_STEPS);
    return remainder(a, b);
  }
  const operation = operations[operator];
  if (operation === undefined) throw new CalculationError(`An expression can't contain the operator ${operator}.`);
  budget.spend(1);
  return applyOperation(
    operation,
    a,
    b,
    () => `${formatExact(a)} ${operationSymbols[operation]} ${formatExactOperand(b)}`,
  );
}

export function applySign(sign: string, value: Exact): Exact {
  return sign === '-' ? value.negated() : value;
}

/** The steps of a power, by its exponent. */
export function powerSteps(exponent: Exact): number {
  return exponent.isInteger() ? WHOLE_POWER_STEPS : POWER_STEPS;
}
