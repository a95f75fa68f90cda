import * as z from 'zod';
import { evaluateInFull } from '../../calculator/expression.js';
import { functionNames } from '../../calculator/expression/functions.js';
import { MAX_NAME_LENGTH, MAX_VARIABLES, VARIABLE_NAME, constantNames } from '../../calculator/expression/names.js';
import { MAX_EXPRESSION_LENGTH } from '../../calculator/expression/tokens.js';
import { formatNumber } from '../../calculator/format.js';
import { formatResult } from '../../calculator/result.js';
import { attempt } from '../attempt.js';
import { calculationResult, calculationResultSchema } from '../calculation-result.js';
import { defineTool } from '../../catalog/define.js';
import { operandSchema, reliable } from '../operand.js';
import { recordCalculation } from '../record-calculation.js';

export const evaluate = defineTool({
  name: 'evaluate',
  title: 'Evaluate an expression',
  description: `Evaluates an expression such as 2 * (3 + 4) in exact decimal arithmetic. Operators: + - * / % ^ (or **; binds to the right, -2^2 is -4). Functions, angles in radians: ${functionNames.join(', ')}. Constants: ${constantNames.join(', ')}.`,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: z.object({
    expression: z
      .string()
      .min(1)
      .max(MAX_EXPRESSION_LENGTH)
      .describe('The expression, such as 2 * (3 + 4) or sqrt(x^2 + y^2)'),
    variables: z
      .preprocess(fewVariables, z.record(z.string().regex(VARIABLE_NAME).max(MAX_NAME_LENGTH), operandSchema))
      .optional()
      .describe(`Values of the names in the expression, at most ${MAX_VARIABLES}`),
  }),
  outputSchema: calculationResultSchema,
  exactNumbers: true,
  async handler({ expression: source, variables = {} }, context) {
    const result = attempt(() => {
      for (const given of Object.values(variables)) reliable(given);
      return evaluateInFull(source, variables);
    });
    const calculation = { operation: 'evaluate', expression: source.trim().replace(/\s+/g, ' '), ...result };
    const recorded = await recordCalculation(context, calculation);
    const given = Object.entries(variables).map(([name, number]) => `${name} = ${formatNumber(number)}`);
    const lines = [
      `${calculation.expression} = ${formatResult(result)}`,
      ...(given.length > 0 ? [`where ${given.join(', ')}`] : []),
    ];
    return calculationResult(lines.join('\n'), calculation, recorded);
  },
});

/** Counts before each is looked at: a megabyte of names would take long to check. */
function fewVariables(given: unknown, context: z.RefinementCtx): unknown {
  if (typeof given !== 'object' || given === null || Object.keys(given).length <= MAX_VARIABLES) return given;
  context.addIssue({ code: 'custom', message: `at most ${MAX_VARIABLES} variables can be given` });
  return z.NEVER;
}
