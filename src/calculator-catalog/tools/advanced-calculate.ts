import * as z from 'zod';
import { advancedOperations, computeAdvanced, requiredArguments } from '../../calculator/advanced.js';
import { MAX_CHOICE, MAX_FACTORIAL } from '../../calculator/combinatorics.js';
import { OPERAND_LENGTH, isDecimal } from '../../calculator/exact.js';
import { formatResult } from '../../calculator/result.js';
import { attempt } from '../attempt.js';
import { calculationResult, calculationResultSchema } from '../calculation-result.js';
import { defineTool } from '../../catalog/define.js';
import { operandSchema, reliable } from '../operand.js';
import { recordCalculation } from '../record-calculation.js';

const argumentsSchema = z.object({
  operation: z
    .enum(advancedOperations)
    .describe(
      'factorial of value; power: base^value; sqrt of value; log of value to base, natural without; sin, cos, tan of value in radians; combinations and permutations: k out of value',
    ),
  value: operandSchema.describe(
    `The operand; a whole number for factorial (0 to ${MAX_FACTORIAL}), combinations and permutations`,
  ),
  base: operandSchema.optional().describe('The base: required for power, optional for log'),
  k: z
    .union([z.int().min(0).max(MAX_CHOICE), z.string().max(OPERAND_LENGTH).regex(/^\d+$/).refine(isDecimal)], {
      error: `must be a whole number from 0 to ${MAX_CHOICE}`,
    })
    .optional()
    .describe('How many to choose: required for combinations and permutations'),
});

export const advancedCalculate = defineTool({
  name: 'advanced_calculate',
  title: 'Advanced calculation',
  description:
    'Factorial, power, square root, logarithm, trigonometry (angles in radians), combinations and permutations. power is base^value; log is natural without a base.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: argumentsSchema.superRefine((given, faults) => {
    const needed = requiredArguments[given.operation];
    if (needed === undefined || given[needed] !== undefined) return;
    faults.addIssue({ code: 'custom', path: [needed], message: `${given.operation} needs "${needed}"` });
  }),
  outputSchema: calculationResultSchema,
  exactNumbers: true,
  async handler({ operation, value: operand, base, k }, context) {
    const computed = attempt(() =>
      computeAdvanced({ operation, value: reliable(operand), base: base === undefined ? base : reliable(base), k }),
    );
    const calculation = { operation, ...computed };
    const recorded = await recordCalculation(context, calculation);
    return calculationResult(
      `${operation.toUpperCase()}: ${computed.expression} = ${formatResult(computed)}`,
      calculation,
      recorded,
    );
  },
});
