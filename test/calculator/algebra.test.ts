import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advancedOperations, computeAdvanced } from '../../src/calculator/advanced.js';
import { compute, operations } from '../../src/calculator/arithmetic.js';
import type { Operation } from '../../src/calculator/arithmetic.js';
import { CalculationError } from '../../src/calculator/errors.js';
import { evaluateExpression } from '../../src/calculator/expression.js';

/** Random cases of each law. */
const RUNS = 300;

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Thousandths below a thousand: all that the laws do with three of them fits into 15 significant digits. */
const thousandths = fc.integer({ min: -999_999, max: 999_999 });
const short = thousandths.map((n) => n / 1_000);
const notZero = short.filter((n) => n !== 0);
const operation = fc.constantFrom(...operations);

const value = (op: Operation, a: number, b: number) => compute(op, a, b).value;
const add = (a: number, b: number) => value('add', a, b);
const subtract = (a: number, b: number) => value('subtract', a, b);
const multiply = (a: number, b: number) => value('multiply', a, b);
const divide = (a: number, b: number) => value('divide', a, b);

/** A value, or the code of the error in its place. */
function outcome(calculation: () => number): number | string {
  try {
    return calculation();
  } catch (error) {
    if (error instanceof CalculationError) return error.code;
    throw error;
  }
}

function holds<T extends unknown[]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  law: (...values: T) => void,
): void {
  const all = fc.tuple(...arbitraries) as unknown as fc.Arbitrary<T>;
  fc.assert(
    fc.property(all, (values) => {
      law(...values);
    }),
    { numRuns: RUNS },
  );
}

describe('the laws of arithmetic', () => {
  it('addition and multiplication commute, for any two doubles', () => {
    holds([fc.constantFrom<Operation>('add', 'multiply'), finite, finite], (op, a, b) => {
      expect(outcome(() => value(op, a, b))).toBe(outcome(() => value(op, b, a)));
    });
  });

  it('0 and 1 are neutral, for any double', () => {
    holds([finite], (a) => {
      const same = a === 0 ? 0 : a;
      expect([add(a, 0), subtract(a, 0), multiply(a, 1), divide(a, 1)]).toEqual([same, same, same, same]);
    });
  });

  it('every double has an inverse', () => {
    holds([finite.filter((a) => a !== 0)], (a) => {
      expect([add(a, -a), subtract(a, a), divide(a, a)]).toEqual([0, 0, 1]);
    });
  });

  it('subtraction undoes addition, and division multiplication', () => {
    holds([short, notZero], (a, b) => {
      expect(subtract(add(a, b), b)).toBe(a);
      expect(divide(multiply(a, b), b)).toBe(a);
    });
  });

  it('addition and multiplication associate', () => {
    holds([short, short, short], (a, b, c) => {
      expect(add(add(a, b), c)).toBe(add(a, add(b, c)));
      const [x, y, z] = [a, b, c].map(Math.trunc) as [number, number, number];
      expect(multiply(multiply(x, y), z)).toBe(multiply(x, multiply(y, z)));
    });
  });

  it('multiplication distributes over addition', () => {
    holds([short, short, short], (a, b, c) => {
      expect(multiply(a, add(b, c))).toBe(add(multiply(a, b), multiply(a, c)));
    });
  });

  it('sums, differences and products are those of whole thousandths', () => {
    holds([thousandths, thousandths], (a, b) => {
      expect(add(a / 1_000, b / 1_000)).toBe((a + b) / 1_000);
      expect(subtract(a / 1_000, b / 1_000)).toBe(a === b ? 0 : (a - b) / 1_000);
      expect(multiply(a / 1_000, b / 1_000)).toBe(a * b === 0 ? 0 : (a * b) / 1_000_000);
    });
  });

  it('products and quotients are within rounding of those of the processor', () => {
    const moderate = fc.double({ noNaN: true, min: 1e-150, max: 1e150 });
    holds([moderate, moderate], (a, b) => {
      expect(Math.abs(multiply(a, b) / (a * b) - 1)).toBeLessThan(1e-15);
      expect(Math.abs(divide(a, b) / (a / b) - 1)).toBeLessThan(1e-15);
    });
  });

  it('rounding moves a result by half a place at most, and a second time not at all', () => {
    holds([short, notZero, fc.integer({ min: 0, max: 10 })], (a, b, places) => {
      const { unrounded, value: rounded } = compute('divide', a, b, places);
      const ownError = Math.abs(unrounded) * 2 * Number.EPSILON;
      expect(Math.abs(rounded - unrounded)).toBeLessThanOrEqual(0.5 * 10 ** -places + ownError);
      expect(compute('add', rounded, 0, places).value).toBe(rounded);
    });
  });
});

describe('the laws of the functions', () => {
  it('a root squared is the number, and a power of a logarithm as well', () => {
    holds([fc.double({ noNaN: true, min: 1e-100, max: 1e100 })], (x) => {
      const root = computeAdvanced({ operation: 'sqrt', value: x }).value;
      expect(Math.abs(multiply(root, root) / x - 1)).toBeLessThan(1e-15);
      expect(evaluateExpression('sqrt(x) ^ 2 / x', { x })).toBe(1);
      expect(evaluateExpression('exp(ln(x)) / x', { x })).toBe(1);
    });
  });

  it('sine and cosine lie on the unit circle', () => {
    holds([fc.double({ noNaN: true, min: -1e15, max: 1e15 })], (x) => {
      expect(evaluateExpression('sin(x) ^ 2 + cos(x) ^ 2', { x })).toBeCloseTo(1, 14);
    });
  });

  it('combinations are symmetric, add up as in the triangle of Pascal, and divide the permutations', () => {
    holds([fc.integer({ min: 1, max: 50 }), fc.nat(50)], (n, below) => {
      const k = 1 + (below % n);
      const of = (source: string) => evaluateExpression(source, { n, k });
      expect(of('combinations(n, k)')).toBe(of('combinations(n, n - k)'));
      expect(of('combinations(n + 1, k)')).toBe(of('combinations(n, k) + combinations(n, k - 1)'));
      expect(of('combinations(n, k) * factorial(k)')).toBe(of('permutations(n, k)'));
    });
  });
});

describe('an expression', () => {
  it('is evaluated as the calculation that wrote it, for any two doubles', () => {
    holds([operation, finite, finite], (op, a, b) => {
      const calculated = outcome(() => value(op, a, b));
      if (typeof calculated === 'string') return;
      expect(evaluateExpression(compute(op, a, b).expression)).toBe(calculated);
    });
  });

  it('is evaluated as the advanced function that wrote it, for any doubles', () => {
    const named = advancedOperations.filter((name) => name !== 'factorial');
    holds([fc.constantFrom(...named), finite, finite, fc.nat(300)], (name, x, base, k) => {
      const input = { operation: name, value: x, base, k };
      const calculated = outcome(() => computeAdvanced(input).value);
      if (typeof calculated === 'string') return;
      expect(evaluateExpression(computeAdvanced(input).expression)).toBe(calculated);
    });
  });

  it('follows the precedence of its operators and parentheses', () => {
    interface Sum {
      source: string;
      total: bigint;
    }
    const { sum } = fc.letrec<{ sum: Sum; pair: Sum; leaf: Sum }>((tie) => ({
      leaf: fc.nat(9).map((n) => ({ source: String(n), total: BigInt(n) })),
      pair: fc.tuple(tie('sum'), fc.constantFrom('+', '-', '*'), tie('sum')).map(([a, sign, b]) => ({
        source: `(${a.source}) ${sign} -(${b.source})`,
        total: sign === '+' ? a.total - b.total : sign === '-' ? a.total + b.total : -a.total * b.total,
      })),
      sum: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('pair')),
    }));
    holds([sum], ({ source, total }) => expect(evaluateExpression(source)).toBe(Number(total)));
  });

  it('of whatever tokens has a finite value or an error in words', () => {
    const token = fc.constantFrom(
      '1',
      '.5',
      '1e308',
      '0',
      'pi',
      'x',
      '+',
      '-',
      '*',
      '/',
      '%',
      '^',
      '**',
      '(',
      ')',
      ',',
      ' ',
      'sin(',
      'log(',
      'max(',
      'factorial(',
      '!',
      '$',
      '.',
    );
    holds(
      [
        fc.oneof(
          fc.string(),
          fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join('')),
        ),
      ],
      (source) => {
        const result = outcome(() => evaluateExpression(source, { x: 3 }));
        expect(result === 'CALCULATION_ERROR' || Number.isFinite(result)).toBe(true);
      },
    );
  });
});
