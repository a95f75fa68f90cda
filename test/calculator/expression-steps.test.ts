import { expect, it } from 'vitest';
import { MAX_STEPS, expressionSteps } from '../../src/calculator/expression-steps.js';

it.each([
  ['15 + 27', ['15 + 27 = 42']],
  ['2 * (3 + 4)', ['3 + 4 = 7', '2 × 7 = 14']],
  ['1 + 2 * 3', ['2 × 3 = 6', '1 + 6 = 7']],
  ['sqrt(3^2 + 4^2)', ['3 ^ 2 = 9', '4 ^ 2 = 16', '9 + 16 = 25', 'sqrt(25) = 5']],
  ['-2^2', ['2 ^ 2 = 4']],
  ['(-2)^2', ['(-2) ^ 2 = 4']],
  ['3 - 5 - 2', ['3 - 5 = -2', '(-2) - 2 = -4']],
  ['pi * 2^2', ['2 ^ 2 = 4', 'pi × 4 = 12.566370614359172']],
  ['5', []],
])('%s is done in its order', (source, steps) => expect(expressionSteps(source)).toEqual(steps));

it('a step has the result of the exact part, not of the rounded numbers that it shows', () => {
  expect(expressionSteps('1 / 3 * 3').at(-1)).toMatch(/ × 3 = 1$/);
});

it('an expression of more operations than are told has no steps', () => {
  expect(
    expressionSteps(
      Array(MAX_STEPS + 1)
        .fill('1')
        .join(' + '),
    ),
  ).toHaveLength(MAX_STEPS);
  expect(
    expressionSteps(
      Array(MAX_STEPS + 2)
        .fill('1')
        .join(' + '),
    ),
  ).toEqual([]);
  expect(expressionSteps(`1 + ${'1'.repeat(900)}`)).toEqual([]);
});

it('an expression without a value has no steps either', () => {
  expect(() => expressionSteps('1 / (2 - 2)')).toThrow('Division by zero');
});

it('a step may be larger than any number, where the value is not', () => {
  expect(expressionSteps('1e200 * 1e200 / 1e300')).toEqual(['1e200 × 1e200 = 1e+400', '1e+400 ÷ 1e300 = 1e+100']);
});
