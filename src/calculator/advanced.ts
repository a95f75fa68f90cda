import { combinations, factorial, permutations } from './combinatorics.js';
import { CalculationError } from './errors.js';
import { exact } from './exact.js';
import type { Exact, Operand } from './exact.js';
import { formatNumber, formatOperand } from './format.js';
import { logarithm, power, squareRoot } from './powers.js';
import { resultOf } from './result.js';
import type { Result } from './result.js';
import { cosine, sine, tangent } from './trigonometry.js';

export const advancedOperations = [
  'factorial',
  'power',
  'sqrt',
  'log',
  'sin',
  'cos',
  'tan',
  'combinations',
  'permutations',
] as const;
export type AdvancedOperation = (typeof advancedOperations)[number];

/** `base` is for `power` (base^value) and `log` (natural without); `k` is for `combinations` and `permutations`. */
export interface AdvancedArguments {
  readonly operation: AdvancedOperation;
  readonly value: Operand;
  readonly base?: Operand;
  readonly k?: Operand;
}

/** What an operation cannot do without, beside its value. */
export const requiredArguments: Partial<Record<AdvancedOperation, 'base' | 'k'>> = {
  power: 'base',
  combinations: 'k',
  permutations: 'k',
};

/**
 * Computes one advanced function of finite numbers and decimals; angles are radians. The expression is text: `2 ^ 10`, `log(8, 2)`.
 * Throws {@link CalculationError} outside the function's domain, on overflow, and without what it needs.
 */
export function computeAdvanced(input: AdvancedArguments): Result & { expression: string } {
  const { expression, result } = functions[input.operation](input);
  return { expression, ...resultOf(result, () => expression) };
}

type AdvancedFunction = (input: AdvancedArguments) => { expression: string; result: Exact };

const functions: Readonly<Record<AdvancedOperation, AdvancedFunction>> = {
  factorial: ({ value }) => ({ expression: `${formatOperand(value)}!`, result: factorial(exact(value)) }),
  power(input) {
    const base = given(input, 'base');
    const expression = `${formatOperand(base)} ^ ${formatOperand(input.value)}`;
    return { expression, result: power(exact(base), exact(input.value)) };
  },
  sqrt: ({ value }) => ({ expression: call('sqrt', value), result: squareRoot(exact(value)) }),
  log({ value, base }) {
    if (base === undefined) return { expression: call('log', value), result: logarithm(exact(value)) };
    return { expression: call('log', value, base), result: logarithm(exact(value), exact(base)) };
  },
  sin: ({ value }) => ({ expression: call('sin', value), result: sine(exact(value)) }),
  cos: ({ value }) => ({ expression: call('cos', value), result: cosine(exact(value)) }),
  tan: ({ value }) => ({ expression: call('tan', value), result: tangent(exact(value)) }),
  combinations: (input) => choice(input, combinations),
  permutations: (input) => choice(input, permutations),
};

function choice(input: AdvancedArguments, count: (n: Exact, k: Exact) => Exact): { expression: string; result: Exact } {
  const k = given(input, 'k');
  return { expression: call(input.operation, input.value, k), result: count(exact(input.value), exact(k)) };
}

function given(input: AdvancedArguments, name: 'base' | 'k'): Operand {
  const argument = input[name];
  if (argument === undefined) throw new CalculationError(`${input.operation} needs "${name}".`);
  return argument;
}

function call(name: string, ...operands: Operand[]): string {
  return `${name}(${operands.map(formatNumber).join(', ')})`;
}
