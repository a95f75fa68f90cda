import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advancedOperations } from '../../../src/calculator/advanced.js';
import { operations } from '../../../src/calculator/arithmetic.js';
import { functionNames } from '../../../src/calculator/expression/functions.js';
import type { Tool } from '../../../src/catalog/define.js';
import { ToolError } from '../../../src/catalog/errors.js';
import { advancedCalculate } from '../../../src/calculator-catalog/tools/advanced-calculate.js';
import { batchCalculate } from '../../../src/calculator-catalog/tools/batch-calculate.js';
import { calculate } from '../../../src/calculator-catalog/tools/calculate.js';
import { evaluate } from '../../../src/calculator-catalog/tools/evaluate.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

const extremes = [
  0,
  -0,
  1,
  -1,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  2 ** 53,
  1e15,
  1e16,
  0.1,
  Math.PI,
  Math.PI / 2,
  170,
  171,
  1 - 2 ** -53,
  1 + 2 ** -52,
];
const number = fc.oneof(
  fc.constantFrom(...extremes),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -400, max: 400 }),
);
const precision = fc.option(fc.nat(15), { nil: undefined });
const calculation = fc.record({ a: number, b: number, op: fc.constantFrom(...operations), precision });

const cases: [Tool, fc.Arbitrary<Record<string, unknown>>][] = [
  [calculate, calculation],
  [batchCalculate, fc.record({ calculations: fc.array(calculation, { minLength: 1, maxLength: 5 }) })],
  [
    advancedCalculate,
    fc.record({
      operation: fc.constantFrom(...advancedOperations),
      value: number,
      base: number,
      k: fc.oneof(fc.nat(200), fc.maxSafeNat()),
    }),
  ],
  [
    evaluate,
    fc.record({
      expression: fc.oneof(
        fc
          .tuple(fc.constantFrom(...functionNames), fc.constantFrom('x', 'x, y'))
          .map(([name, operands]) => `${name}(${operands})`),
        fc.constantFrom(
          'x + y',
          'x - y',
          'x * y',
          'x / y',
          'x % y',
          'x ^ y',
          'x * y / y',
          '-x',
          'sin(x * y)',
          'atan(x * y)',
          '(x * y) % (x / y)',
        ),
      ),
      variables: fc.record({ x: number, y: number }),
    }),
  ],
];

/** What must not leave in place of a number. */
const NO_NUMBER = /\b(?:NaN|Infinity|null|undefined)\b/;

it.each(cases.map(([tool, args]) => ({ name: tool.name, tool, args })))(
  '$name answers with finite numbers or in words, whatever it is given',
  async ({ tool, args }) => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(args, async (given) => {
        const { context, history } = callContext();
        try {
          const { text, structured } = await callTool(tool, given, context);
          answered++;
          expect(text).not.toMatch(NO_NUMBER);
          expect(JSON.stringify(structured)).not.toMatch(NO_NUMBER);
          expect(Object.is(structured.value, -0)).toBe(false);
        } catch (error) {
          if (!(error instanceof ToolError)) throw error;
          expect(error.message).not.toMatch(NO_NUMBER);
          expect(history).toEqual([]);
        }
        for (const { value } of history) expect(Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(answered).toBeGreaterThan(0);
  },
);
