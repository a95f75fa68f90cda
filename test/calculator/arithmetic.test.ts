import { describe, expect, it } from 'vitest';
import { compute } from '../../src/calculator/arithmetic.js';
import type { Operation } from '../../src/calculator/arithmetic.js';
import { CalculationError } from '../../src/calculator/errors.js';
import { explainSteps } from '../../src/calculator/steps.js';

describe('arithmetic', () => {
  it.each<[Operation, number, number, number]>([
    ['add', 0.1, 0.2, 0.3],
    ['subtract', 0.3, 0.1, 0.2],
    ['multiply', 1.1, 1.1, 1.21],
    ['divide', 100, 5, 20],
    ['divide', 1, 3, 0.3333333333333333],
    ['add', 9007199254740991, 0, 9007199254740991],
    ['add', 1e308, -1e308, 0],
    ['subtract', 1e20, 1, 1e20],
  ])('%s %d and %d is %d', (operation, a, b, value) => {
    expect(compute(operation, a, b).value).toBe(value);
  });

  it.each([
    [2.345, 2, 2.35],
    [-2.345, 2, -2.35],
    [1.005, 2, 1.01],
    [0.5, 0, 1],
    [20, 4, 20],
    [1e-20, 15, 0],
    [1.7976931348623157e308, 15, 1.7976931348623157e308],
  ])('%d to %d decimal places is %d', (a, precision, value) => {
    expect(compute('add', a, 0, precision).value).toBe(value);
  });

  it.each<[Operation, number, number]>([
    ['multiply', 0, -5],
    ['add', -0, -0],
    ['divide', 0, -3],
    ['multiply', -5e-324, 0.1],
  ])('gives 0 without a sign for %s %d and %d', (operation, a, b) => {
    expect(Object.is(compute(operation, a, b).value, 0)).toBe(true);
  });

  it('gives 0 for a result below the smallest double', () => {
    expect(compute('multiply', 1e-300, 1e-300).value).toBe(0);
    expect(compute('divide', 5e-324, 1e308).value).toBe(0);
  });

  it.each([0, -0])('refuses to divide by %d, in words', (zero) => {
    expect(() => compute('divide', 5, zero)).toThrow(
      new CalculationError('Division by zero: 5 ÷ 0 has no value. Use a divisor other than 0.'),
    );
  });

  it.each<[Operation, number, number]>([
    ['multiply', 1e308, 10],
    ['add', Number.MAX_VALUE, Number.MAX_VALUE],
    ['subtract', -Number.MAX_VALUE, Number.MAX_VALUE],
    ['divide', 1e308, 5e-324],
  ])('refuses %s of %d and %d, because it is too large', (operation, a, b) => {
    expect(() => compute(operation, a, b)).toThrow(/is too large: numbers reach to 1\.7976931348623157e\+308/);
  });

  it('writes a negative second operand in parentheses', () => {
    expect(compute('subtract', -5, -3).expression).toBe('-5 - (-3)');
  });
});

describe('the steps', () => {
  it('follow the headline', () => {
    expect(explainSteps(compute('divide', 100, 5, 4))).toBe(
      'DIVIDE: 100 ÷ 5 = 20\n\nSteps:\nInput: 100 divide 5\nDivision: 100 ÷ 5 = 20\nFinal result (4 decimal places): 20',
    );
  });

  it('name no decimal places where none were asked for', () => {
    expect(explainSteps(compute('multiply', 4, 2.5))).toMatch(/\nMultiplication: 4 × 2\.5 = 10\nFinal result: 10$/);
  });

  it('show the result before and after it is rounded', () => {
    expect(explainSteps(compute('divide', 10, 3, 1))).toBe(
      'DIVIDE: 10 ÷ 3 = 3.3\n\nSteps:\nInput: 10 divide 3\nDivision: 10 ÷ 3 = 3.3333333333333335\nFinal result (1 decimal place): 3.3',
    );
  });
});
