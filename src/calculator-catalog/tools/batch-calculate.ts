import * as z from 'zod';
import { MAX_PRECISION, compute, expressionOf, operations } from '../../calculator/arithmetic.js';
import { CalculationError } from '../../calculator/errors.js';
import { formatResult } from '../../calculator/result.js';
import type { CallContext } from '../../catalog/context.js';
import { defineTool } from '../../catalog/define.js';
import { operandSchema, reliable } from '../operand.js';
import { recordCalculation } from '../record-calculation.js';

/** Calculations of one call. */
const MAX_BATCH = 100;

const item = z.object({
  a: operandSchema.describe('First operand'),
  b: operandSchema.describe('Second operand'),
  op: z.enum(operations).describe('What to do with a and b'),
  precision: z
    .int()
    .min(0)
    .max(MAX_PRECISION)
    .optional()
    .describe('Decimal places to round to; not rounded without it'),
});

const answer = z.object({
  index: z.int().min(0).describe('The place of the calculation in the call, from 0'),
  success: z.boolean(),
  operation: z.enum(operations),
  expression: z.string().describe('The calculation as text, such as "100 ÷ 5"'),
  value: z.number().optional().describe('The result, where there is one'),
  exact: z.string().optional().describe('All digits of the result, where a number can not keep them'),
  calculationId: z.string().optional().describe('Its id in calculator://history; absent where no session keeps it'),
  error: z.string().optional().describe('What is wrong, where there is no result'),
});

export const batchCalculate = defineTool({
  name: 'batch_calculate',
  title: 'Batch calculation',
  description: `Makes up to ${MAX_BATCH} calculations in one call. Each has its own result or its own error: one that fails leaves the others alone.`,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: z.object({
    calculations: z.array(item).min(1).max(MAX_BATCH).describe('The calculations, made in this order'),
    reportProgress: z.boolean().optional().describe('Whether to report progress after each calculation'),
  }),
  outputSchema: z.object({
    results: z.array(answer).describe('In the order of the calculations'),
    succeeded: z.int().min(0),
    failed: z.int().min(0),
  }),
  exactNumbers: true,
  async handler({ calculations, reportProgress = false }, context) {
    const total = calculations.length;
    const results: z.output<typeof answer>[] = [];
    for (const [index, calculation] of calculations.entries()) {
      context.signal.throwIfAborted();
      results.push(await answerTo(calculation, index, context));
      if (reportProgress) await context.progress(index + 1, total, `Calculated ${index + 1} of ${total}`);
    }
    const succeeded = results.filter(({ success }) => success).length;
    const text = [`${succeeded} of ${total} calculations succeeded:`, ...results.map(lineOf)].join('\n');
    return { content: [{ type: 'text', text }], structuredContent: { results, succeeded, failed: total - succeeded } };
  },
});

async function answerTo(
  { a, b, op: operation, precision }: z.output<typeof item>,
  index: number,
  context: CallContext,
): Promise<z.output<typeof answer>> {
  try {
    const { expression, value, exact } = compute(operation, reliable(a), reliable(b), precision);
    const { calculationId } = await recordCalculation(context, { operation, expression, value, exact });
    return { index, operation, expression, success: true, value, exact, calculationId };
  } catch (error) {
    if (!(error instanceof CalculationError)) throw error;
    return { index, operation, expression: expressionOf(operation, a, b), success: false, error: error.message };
  }
}

function lineOf({ index, expression, value, exact, error }: z.output<typeof answer>): string {
  return `${index + 1}. ${value === undefined ? `Error: ${error}` : `${expression} = ${formatResult({ value, exact })}`}`;
}
