import { Decimal } from 'decimal.js';
import { expect, it } from 'vitest';
import { constantDigits, constants } from '../../src/calculator/constants.js';

it('every constant has 40 correct digits', () => {
  const Precise = Decimal.clone({ precision: 60, defaults: true });
  const computed = {
    pi: Precise.acos(-1),
    e: Precise.exp(1),
    phi: Precise.sqrt(5).plus(1).div(2),
    sqrt2: Precise.sqrt(2),
    ln2: Precise.ln(2),
    ln10: Precise.ln(10),
  };
  for (const [name, value] of Object.entries(computed)) {
    expect(constantDigits[name as keyof typeof constantDigits], name).toBe(value.toPrecision(40));
  }
});

it('the numbers are the doubles that JavaScript knows', () => {
  expect(constants).toEqual({
    pi: Math.PI,
    e: Math.E,
    phi: (1 + Math.sqrt(5)) / 2,
    sqrt2: Math.SQRT2,
    ln2: Math.LN2,
    ln10: Math.LN10,
  });
});
