import type { Computation, Operation } from './arithmetic.js';
import { formatNumber } from './format.js';
import { formatResult } from './result.js';

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
export function operationStep({ operation, expression, unroundedText }: Computation): string {
  return `${names[operation]}: ${expression} = ${unroundedText}`;
}

/** `Final result (4 decimal places): 20`, or `Final result: 20` without a precision. */
export function resultStep(computation: Computation): string {
  const { precision } = computation;
  if (precision === undefined) return `Final result: ${formatResult(computation)}`;
  return `Final result (${precision} decimal ${precision === 1 ? 'place' : 'places'}): ${formatResult(computation)}`;
}

/** The whole calculation in words: a headline, a blank line, and the steps. */
export function explainSteps(computation: Computation): string {
  const { operation, expression } = computation;
  const headline = `${operation.toUpperCase()}: ${expression} = ${formatResult(computation)}`;
  return [headline, '', 'Steps:', inputStep(computation), operationStep(computation), resultStep(computation)].join(
    '\n',
  );
}
