import * as z from 'zod';
import type { NewCalculation } from '../catalog/context.js';
import type { ToolResult } from '../catalog/define.js';
import type { Recorded } from './record-calculation.js';

/** The structured answer of every tool that makes one calculation. */
export const calculationResultSchema = z.object({
  value: z.number().describe('The result: the double nearest to the exact one'),
  exact: z.string().optional().describe('All digits of the result, where a number can not keep them'),
  operation: z.string().describe('What was done, such as "divide"'),
  expression: z.string().describe('The calculation as text, such as "100 ÷ 5"'),
  calculationId: z.string().optional().describe('Its id in calculator://history; absent where no session keeps it'),
  timestamp: z.string().meta({ format: 'date-time' }).describe('When it was made, ISO 8601'),
});

/** The result of a tool that has made one calculation. */
export function calculationResult(
  text: string,
  { operation, expression, value, exact }: Omit<NewCalculation, 'timestamp'>,
  recorded: Recorded,
): ToolResult<z.input<typeof calculationResultSchema>> {
  return {
    content: [{ type: 'text', text }],
    structuredContent: { operation, expression, value, exact, ...recorded },
  };
}
