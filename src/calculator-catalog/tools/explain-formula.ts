import * as z from 'zod';
import { ASKED_LENGTH, CONTEXT_LENGTH, findFormula, formulaCategories, formulas } from '../../calculator/formulas.js';
import { defineTool } from '../../catalog/define.js';
import { ToolError } from '../../catalog/errors.js';
import { formulaMarkdown } from '../formula-markdown.js';

export const explainFormula = defineTool({
  name: 'explain_formula',
  title: 'Explain a formula',
  description:
    'Explains a formula of the library (formulas://library): what it says, what its letters stand for, and a worked example. Takes its name, another name for it, or the formula itself.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  inputSchema: z.object({
    formula: z
      .string()
      .min(1)
      .max(ASKED_LENGTH)
      .describe('The name of the formula, or the formula itself: "pythagorean theorem", "A = π r²"'),
    context: z
      .string()
      .max(CONTEXT_LENGTH)
      .optional()
      .describe('What it is to be used for; decides where several formulas fit'),
    examples: z.boolean().default(true).describe('Whether to give the worked example'),
  }),
  outputSchema: z.object({
    name: z.string(),
    category: z.enum(formulaCategories),
    formula: z.string(),
    description: z.string(),
    variables: z.record(z.string(), z.string()),
    example: z
      .object({
        problem: z.string(),
        given: z.record(z.string(), z.number()),
        expression: z.string(),
        steps: z.array(z.string()),
        result: z.number(),
      })
      .optional(),
  }),
  handler({ formula: asked, context, examples }) {
    const found = findFormula(asked, context);
    if (found === undefined) {
      throw new ToolError(
        `There is no formula "${asked}" in the library. It has: ${formulas.map(({ name }) => name).join(', ')}.`,
      );
    }
    const { name, category, formula, description, variables, example } = found;
    const text = formulaMarkdown(found, examples) + (context ? `\n\nFor: ${context}` : '');
    return {
      content: [{ type: 'text', text }],
      structuredContent: { name, category, formula, description, variables, ...(examples && { example }) },
    };
  },
});
