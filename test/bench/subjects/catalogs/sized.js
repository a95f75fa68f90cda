// As many tools like `calculate` as the variable BENCH_TOOLS says; the benchmark calls `calculate-5`.
import { defineCatalog, defineTool } from 'mcp-calc';
import { z } from 'zod';

const count = Number(process.env.BENCH_TOOLS);

export default defineCatalog({
  pageSize: count,
  tools: Array.from({ length: count }, (_, index) =>
    defineTool({
      name: `calculate-${index}`,
      title: `Calculate ${index}`,
      description: 'Divides one number by another',
      inputSchema: z.object({
        a: z.number().describe('First operand'),
        b: z.number().describe('Second operand'),
        op: z.enum(['add', 'subtract', 'multiply', 'divide']).describe('What to do with a and b'),
        precision: z.int().min(0).max(15).optional().describe('Decimal places to round to'),
      }),
      outputSchema: z.object({ value: z.number(), operation: z.string() }),
      handler: ({ a, b, op }) => ({
        content: [{ type: 'text', text: `${a} ÷ ${b} = ${a / b}` }],
        structuredContent: { value: a / b, operation: op },
      }),
    }),
  ),
});
