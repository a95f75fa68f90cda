import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compute } from '../../src/calculator/arithmetic.js';
import { isDecimal } from '../../src/calculator/exact.js';
import { evaluateInFull } from '../../src/calculator/expression.js';
import { explainSteps } from '../../src/calculator/steps.js';
import { formatResult } from '../../src/calculator/result.js';

/** A decimal as a whole number over a power of ten: arithmetic that knows nothing of the calculator's. */
interface Fraction {
  readonly digits: bigint;
  readonly places: number;
}

function read(text: string): Fraction {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}` || '0');
  const places = fraction.length - Number(power);
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

const scaled = ({ digits, places }: Fraction, to: number) => digits * 10n ** BigInt(to - places);
const sameAs = (a: Fraction, b: Fraction) =>
  scaled(a, Math.max(a.places, b.places)) === scaled(b, Math.max(a.places, b.places));

function combine(operation: 'add' | 'subtract' | 'multiply', a: Fraction, b: Fraction): Fraction {
  if (operation === 'multiply') return { digits: a.digits * b.digits, places: a.places + b.places };
  const places = Math.max(a.places, b.places);
  const [one, other] = [scaled(a, places), scaled(b, places)];
  return { digits: operation === 'add' ? one + other : one - other, places };
}

const decimalOf = (digits: number) =>
  fc
    .tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n }), fc.nat(digits))
    .map(([sign, number, places]) => {
      const text = String(number).padStart(places + 1, '0');
      return `${sign}${text.slice(0, text.length - places)}${places === 0 ? '' : `.${text.slice(text.length - places)}`}`;
    });
const decimal = decimalOf(30);

describe('a calculation with decimals in strings', () => {
  it('is exact to the last digit of up to thirty, and its number is the nearest double', () => {
    fc.assert(
      fc.property(fc.constantFrom('add', 'subtract', 'multiply'), decimal, decimal, (operation, a, b) => {
        const expected = combine(operation, read(a), read(b));
        const computation = compute(operation, a, b);
        expect(sameAs(read(formatResult(computation)), expected), formatResult(computation)).toBe(true);
        expect(computation.value).toBe(Number(`${expected.digits}e-${expected.places}`) + 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('prints no false equation of two integers, whatever way they are given', () => {
    const integer = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(fc.constantFrom('add', 'subtract', 'multiply'), integer, integer, (operation, a, b) => {
        const { digits } = combine(operation, read(String(BigInt(a))), read(String(BigInt(b))));
        expect(formatResult(compute(operation, a, b))).toBe(String(digits));
        expect(formatResult(compute(operation, String(a), b))).toBe(String(digits));
      }),
      { numRuns: 1_000 },
    );
  });

  it('divides back to what was multiplied', () => {
    fc.assert(
      fc.property(decimalOf(15), decimalOf(15), (a, b) => {
        fc.pre(read(b).digits !== 0n);
        const product = formatResult(compute('multiply', a, b));
        expect(sameAs(read(formatResult(compute('divide', product, b))), read(a))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('shows its steps in full', () => {
    expect(explainSteps(compute('add', '9007199254740993', 1))).toBe(
      'ADD: 9007199254740993 + 1 = 9007199254740994\n\nSteps:\nInput: 9007199254740993 add 1\nAddition: 9007199254740993 + 1 = 9007199254740994\nFinal result: 9007199254740994',
    );
    expect(explainSteps(compute('subtract', '-0.1234567890123456789', '-1e-19', 3))).toContain(
      'Subtraction: -0.1234567890123456789 - (-1e-19) = -0.1234567890123456788\nFinal result (3 decimal places): -0.123',
    );
  });

  it('has all digits beside the number only where the number does not keep them', () => {
    expect(compute('add', '9007199254740992', '1')).toMatchObject({
      value: 9007199254740992,
      exact: '9007199254740993',
    });
    expect(compute('add', '0.1', '0.2').exact).toBeUndefined();
    expect(compute('divide', 1, 3).exact).toBeUndefined();
    expect(compute('multiply', 94906267, 94906267)).toMatchObject({ exact: '9007199515875289' });
  });

  it('writes what is very large or very small with an exponent', () => {
    expect(formatResult(compute('multiply', '123456789012345678e280', '1'))).toBe('1.23456789012345678e+297');
    expect(formatResult(compute('multiply', '1e-300', '1e-300'))).toBe('1e-600');
    expect(compute('multiply', '1e-300', '1e-300').value).toBe(0);
    expect(formatResult(compute('add', '1e500', '-1e500'))).toBe('0');
  });
});

it('an expression is worked out in full with the variables of whoever gave them in full', () => {
  expect(evaluateInFull('x + 1', { x: '9007199254740993' })).toEqual({ value: 9007199254740994 });
  expect(evaluateInFull('9007199254740993 * 1')).toEqual({ value: 9007199254740992, exact: '9007199254740993' });
  expect(evaluateInFull('1 / 3')).toEqual({ value: 0.3333333333333333 });
  expect(evaluateInFull('sqrt(2)^2')).toEqual({ value: 2 });
});

it.each([
  '',
  ' ',
  '1 ',
  '.',
  'e5',
  '1e',
  '0x10',
  '1_000',
  '1,000',
  'NaN',
  'Infinity',
  '1e99999',
  '1e1001',
  '1e-1001',
  '--1',
  '١',
  `1${'1'.repeat(30)}`,
  '0'.repeat(401),
])('%j is not a decimal that is calculated with', (text) => expect(isDecimal(text)).toBe(false));
it.each(['0', '-0', '+1', '.5', '5.', '1e1000', '1E-1000', '0e9999', `1${'0'.repeat(60)}`, '1'.repeat(30)])(
  '%j is a decimal',
  (text) => expect(isDecimal(text)).toBe(true),
);
