import * as z from 'zod';
import { MAX_PRECISION, compute, operations } from '../../calculator/arithmetic.js';
import { formatResult } from '../../calculator/result.js';
import { explainSteps, inputStep, operationStep, resultStep } from '../../calculator/steps.js';
import { attempt } from '../attempt.js';
import { calculationResult, calculationResultSchema } from '../calculation-result.js';
import { defineTool } from '../../catalog/define.js';
import { operandSchema, reliable } from '../operand.js';
import { recordCalculation } from '../record-calculation.js';

/** Progress notifications of one call: what goes in, what comes out, and the rounded result. */
const STEPS = 3;

export const calculate = defineTool({
  name: 'calculate',
  title: 'Calculate',
  description:
    'Adds, subtracts, multiplies or divides two numbers in exact decimal arithmetic (0.1 + 0.2 is 0.3), and shows the steps. Numbers beyond 2^53, or with more than 15 digits, go in strings.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: z.object({
    a: operandSchema.describe('First operand'),
    b: operandSchema.describe('Second operand'),
    op: z.enum(operations).describe('What to do with a and b'),
    precision: z
      .int()
      .min(0)
      .max(MAX_PRECISION)
      .optional()
      .describe('Decimal places to round to; not rounded without it'),
    stream: z.boolean().optional().describe('Whether to report each step as progress'),
  }),
  outputSchema: calculationResultSchema,
  exactNumbers: true,
  async handler({ op: operation, precision, stream = false, ...given }, context) {
    const { a, b } = attempt(() => ({ a: reliable(given.a), b: reliable(given.b) }));
    if (stream) await context.progress(1, STEPS, inputStep({ operation, a, b }));
    const computation = attempt(() => compute(operation, a, b, precision));
    if (stream) await context.progress(2, STEPS, operationStep(computation));
    const { expression, value, exact } = computation;
    await context.log('debug', `${expression} = ${formatResult(computation)}`, 'calculate');
    const calculation = { operation, expression, value, exact };
    const recorded = await recordCalculation(context, calculation);
    if (stream) await context.progress(STEPS, STEPS, resultStep(computation));
    return calculationResult(explainSteps(computation), calculation, recorded);
  },
});
