import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { computeAdvanced } from '../../src/calculator/advanced.js';
import type { AdvancedArguments } from '../../src/calculator/advanced.js';
import { MAX_CHOICE, MAX_FACTORIAL } from '../../src/calculator/combinatorics.js';
import { WORKING_DIGITS } from '../../src/calculator/exact.js';
import { MAX_ANGLE } from '../../src/calculator/trigonometry.js';

const valueOf = (input: AdvancedArguments) => computeAdvanced(input).value;

/** What any single calculation may cost at the very most, ms: a thousand times what it usually does. */
const LIMIT_MS = 1_000;

describe('advanced functions', () => {
  it.each<[AdvancedArguments, string, number]>([
    [{ operation: 'factorial', value: 0 }, '0!', 1],
    [{ operation: 'factorial', value: 5 }, '5!', 120],
    [{ operation: 'factorial', value: 22 }, '22!', 1.1240007277776077e21],
    [{ operation: 'power', base: 2, value: 10 }, '2 ^ 10', 1024],
    [{ operation: 'power', base: -2, value: -3 }, '(-2) ^ (-3)', -0.125],
    [{ operation: 'power', base: 0, value: 0 }, '0 ^ 0', 1],
    [{ operation: 'power', base: 2, value: 0.5 }, '2 ^ 0.5', Math.SQRT2],
    [{ operation: 'sqrt', value: 16 }, 'sqrt(16)', 4],
    [{ operation: 'sqrt', value: 2 }, 'sqrt(2)', Math.SQRT2],
    [{ operation: 'log', value: Math.E }, 'log(2.718281828459045)', 1],
    [{ operation: 'log', value: 10 }, 'log(10)', Math.LN10],
    [{ operation: 'log', value: 8, base: 2 }, 'log(8, 2)', 3],
    [{ operation: 'log', value: 0.001, base: 10 }, 'log(0.001, 10)', -3],
    [{ operation: 'sin', value: 0 }, 'sin(0)', 0],
    [{ operation: 'sin', value: 1 }, 'sin(1)', Math.sin(1)],
    [{ operation: 'sin', value: Math.PI }, 'sin(3.141592653589793)', 0],
    [{ operation: 'sin', value: -Math.PI / 2 }, 'sin(-1.5707963267948966)', -1],
    [{ operation: 'cos', value: Math.PI }, 'cos(3.141592653589793)', -1],
    [{ operation: 'cos', value: 1.5 * Math.PI }, 'cos(4.71238898038469)', 0],
    [{ operation: 'tan', value: Math.PI }, 'tan(3.141592653589793)', 0],
    [{ operation: 'combinations', value: 5, k: 2 }, 'combinations(5, 2)', 10],
    [{ operation: 'combinations', value: 60, k: 30 }, 'combinations(60, 30)', Number(118264581564861424n)],
    [
      { operation: 'combinations', value: MAX_CHOICE, k: MAX_CHOICE - 1 },
      `combinations(${MAX_CHOICE}, ${MAX_CHOICE - 1})`,
      MAX_CHOICE,
    ],
    [{ operation: 'permutations', value: 5, k: 2 }, 'permutations(5, 2)', 20],
    [{ operation: 'permutations', value: 5, k: 0 }, 'permutations(5, 0)', 1],
  ])('%o is written %s and is %d', (input, expression, value) => {
    const computed = computeAdvanced(input);
    expect(computed.expression).toBe(expression);
    expect(computed.value).toBeCloseTo(value, 14);
    expect(Math.abs(computed.value - value)).toBeLessThanOrEqual(Math.abs(value) * Number.EPSILON);
  });

  it.each<[AdvancedArguments, RegExp]>([
    [{ operation: 'factorial', value: -1 }, /^factorial: n must be 0 or more, and -1 is negative/],
    [{ operation: 'factorial', value: 2.5 }, /^factorial: n must be a whole number, and 2\.5 is not/],
    [{ operation: 'power', value: 2 }, /^power needs "base"/],
    [{ operation: 'power', base: 0, value: -1 }, /^0 \^ \(-1\) divides by zero/],
    [{ operation: 'power', base: -8, value: 1 / 3 }, /^\(-8\) \^ 0\.3333333333333333 has no real value/],
    [{ operation: 'power', base: 1e308, value: 1e308 }, /is too large/],
    [{ operation: 'sqrt', value: -4 }, /^sqrt\(-4\) has no real value: use a number of 0 or more/],
    [{ operation: 'log', value: 0 }, /^log of 0 has no real value: use a number above 0/],
    [{ operation: 'log', value: -1, base: 10 }, /^log of -1 has no real value/],
    [{ operation: 'log', value: 8, base: 1 }, /^log to base 1 is not defined/],
    [{ operation: 'log', value: 8, base: -2 }, /^log to base -2 is not defined/],
    [{ operation: 'tan', value: Math.PI / 2 }, /^tan\(1\.5707963267948966\) has no value: the tangent has a pole/],
    [{ operation: 'tan', value: -2.5 * Math.PI }, /has a pole/],
    [{ operation: 'combinations', value: 5 }, /^combinations needs "k"/],
    [{ operation: 'combinations', value: 3, k: 5 }, /k \(5\) must not be more than n \(3\)/],
    [{ operation: 'combinations', value: 3, k: 1.5 }, /k must be a whole number/],
    [{ operation: 'permutations', value: -3, k: 1 }, /n must be 0 or more/],
  ])('%o is refused in words', (input, message) => {
    expect(() => computeAdvanced(input)).toThrow(message);
  });

  it('leaves the settings of the shared decimal.js alone', () => {
    valueOf({ operation: 'sin', value: MAX_ANGLE });
    expect(Decimal.precision).toBe(20);
    expect(Decimal.precision).not.toBe(WORKING_DIGITS);
  });
});

describe('the bounds', () => {
  it(`end factorials at ${MAX_FACTORIAL}, the last that is finite`, () => {
    expect(valueOf({ operation: 'factorial', value: MAX_FACTORIAL })).toBe(7.257415615307999e306);
    expect(() => valueOf({ operation: 'factorial', value: MAX_FACTORIAL + 1 })).toThrow('at most 170, and 171 is more');
  });

  it('end angles where a double loses track of the turn', () => {
    expect(valueOf({ operation: 'sin', value: MAX_ANGLE })).toBeCloseTo(0.858272793170236, 14);
    expect(() => valueOf({ operation: 'sin', value: 1e16 })).toThrow(/must be within ±1000000000000000 radians/);
  });

  it.each<AdvancedArguments>([
    { operation: 'factorial', value: 1e9 },
    { operation: 'factorial', value: Number.MAX_VALUE },
    { operation: 'combinations', value: MAX_CHOICE, k: 4.5e15 },
    { operation: 'combinations', value: 1029, k: 514 },
    { operation: 'permutations', value: MAX_CHOICE, k: MAX_CHOICE },
    { operation: 'power', base: 1.0000000000000002, value: 1e300 },
    { operation: 'power', base: 0.9999999999999999, value: Number.MAX_VALUE },
    { operation: 'power', base: -1, value: Number.MAX_VALUE },
    { operation: 'log', value: Number.MAX_VALUE, base: 1.0000000000000002 },
    { operation: 'tan', value: 9.87654321012345e14 },
    { operation: 'tan', value: Number.MAX_VALUE },
  ])('keep the cost of %o small', (input) => {
    const began = performance.now();
    try {
      expect(Number.isFinite(valueOf(input))).toBe(true);
    } catch (error) {
      expect(error).toHaveProperty('code', 'CALCULATION_ERROR');
    }
    expect(performance.now() - began).toBeLessThan(LIMIT_MS);
  });
});
