import * as z from 'zod';

/** A calculation of the history, as tools show it. */
export const calculationSchema = z.object({
  id: z.string().describe('Its id in calculator://history'),
  operation: z.string().describe('What was done, such as "divide"'),
  expression: z.string().describe('The calculation as text, such as "100 ÷ 5"'),
  value: z.number(),
  exact: z.string().optional().describe('All digits of the result, where a number can not keep them'),
  timestamp: z.string().meta({ format: 'date-time' }).describe('When it was made, ISO 8601'),
});
