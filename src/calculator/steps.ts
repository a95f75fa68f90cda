import type { Computation, Operation } from './arithmetic.js';
import { formatNumber } from './format.js';

const names: Readonly<Record<Operation, string>> = {
  add: 'Addition',
  subtract: 'Subtraction',
  multiply: 'Multiplication',
  divide: 'Division',
};

/** `Input: 100 divide 5`: the first of the steps, known before there is a result. */
export function inputStep({ operation, a, b }: Pick<Computation, 'operation' | 'a' | 'b'>): string {
  return `Input: ${formatNumber(a)} ${operation} ${formatNumber(b)}`;
}

/** `Division: 100 ÷ 5 = 20`, before it is rounded. */
export function operationStep({ operation, expression, unrounded }: Computation): string {
  return `${names[operation]}: ${expression} = ${formatNumber(unrounded)}`;
}

/** `Final result (4 decimal places): 20`, or `Final result: 20` without a precision. */
export function resultStep({ precision, value }: Computation): string {
  if (precision === undefined) return `Final result: ${formatNumber(value)}`;
  return `Final result (${precision} decimal ${precision === 1 ? 'place' : 'places'}): ${formatNumber(value)}`;
}

/** The whole calculation in words: a headline, a blank line, and the steps. */
export function explainSteps(computation: Computation): string {
  const { operation, expression, value } = computation;
  const headline = `${operation.toUpperCase()}: ${expression} = ${formatNumber(value)}`;
  return [headline, '', 'Steps:', inputStep(computation), operationStep(computation), resultStep(computation)].join(
    '\n',
  );
}
