import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../src/calculator/expression.js';
import { findFormula, formulaCategories, formulas } from '../../src/calculator/formulas.js';

describe('the formula library', () => {
  it('has at least ten formulas, some in every category, each under its own id', () => {
    expect(formulas.length).toBeGreaterThanOrEqual(10);
    expect(new Set(formulas.map(({ id }) => id)).size).toBe(formulas.length);
    expect(new Set(formulas.map(({ category }) => category))).toEqual(new Set(formulaCategories));
  });

  it.each(formulas)('has a worked example that the calculator confirms: $name', ({ variables, example }) => {
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(Object.keys(example.given)));
    expect(evaluateExpression(example.expression, example.given)).toBe(example.result);
    expect(example.steps.at(-1)).toContain(String(example.result));
  });
});

describe('a formula is found', () => {
  it.each([
    ['Pythagorean theorem', 'pythagorean-theorem'],
    ['the pythagoras theorem', 'pythagorean-theorem'],
    ['a² + b² = c²', 'pythagorean-theorem'],
    ['quadratic-formula', 'quadratic-formula'],
    ['QUADRATIC', 'quadratic-formula'],
    ['explain the area of a circle', 'circle-area'],
    ['circumference', 'circle-circumference'],
    ['compound interest', 'compound-interest'],
    ['z-score', 'standard-score'],
  ])('as %s', (asked, id) => expect(findFormula(asked)?.id).toBe(id));

  it('by its context where several fit', () => {
    expect(findFormula('area')?.id).toBe('circle-area');
    expect(findFormula('area', 'a triangle with a base of 5')?.id).toBe('triangle-area');
    expect(findFormula('volume', 'a can is a cylinder')?.id).toBe('cylinder-volume');
  });

  it.each(['area of a banana', 'the', '', '???', 'navier-stokes'])('never as %j', (asked) => {
    expect(findFormula(asked)).toBeUndefined();
  });
});
