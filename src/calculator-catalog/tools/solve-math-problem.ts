import * as z from 'zod';
import { PROBLEM_LENGTH, readProblem } from '../../calculator/problems.js';
import { formatResult } from '../../calculator/result.js';
import { askModel } from '../ask-model.js';
import type { CallContext } from '../../catalog/context.js';
import { defineTool, type ToolResult } from '../../catalog/define.js';
import { ToolError } from '../../catalog/errors.js';
import { solveProblem } from '../solve-problem.js';
import { UNDERSTOOD } from '../understood.js';

const solutionSchema = z.object({
  problem: z.string(),
  answer: z.string().describe('The answer in words'),
  solvedBy: z.enum(['calculator', 'model']).describe("A model's answer is not checked"),
  understood: z.string().optional(),
  expression: z.string().optional(),
  value: z.number().optional(),
  exact: z.string().optional().describe('All digits of the result, where a number can not keep them'),
  steps: z.array(z.string()),
  calculationId: z.string().optional(),
  timestamp: z.string(),
  model: z.string().optional(),
});

export const solveMathProblem = defineTool({
  name: 'solve_math_problem',
  title: 'Solve a math problem',
  description:
    'Finds the arithmetic in a problem given in words ("20% of 150", "area of a rectangle 5 by 3") and solves it with steps. Asks for the sizes that an area lacks; hands what it does not understand to the client\'s model.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: z.object({
    problem: z.string().min(1).max(PROBLEM_LENGTH).describe('The problem in words, or an expression'),
    showSteps: z.boolean().default(true).describe('Whether the text shows the steps'),
  }),
  outputSchema: solutionSchema,
  async handler({ problem, showSteps }, context) {
    const found = readProblem(problem);
    if (found === undefined) return answerOfModel(problem, context);
    const solution = await solveProblem(found, context);
    const { understood, expression, value, exact, steps, calculationId, timestamp } = solution;
    const answer = `${expression} = ${formatResult(solution)}`;
    const text = showSteps ? `${answer}\n\nSteps:\n${steps.join('\n')}` : answer;
    return {
      content: [{ type: 'text', text }],
      structuredContent: {
        problem,
        answer,
        solvedBy: 'calculator' as const,
        understood,
        expression,
        value,
        ...(exact && { exact }),
        steps: showSteps ? steps : [],
        calculationId,
        timestamp,
      },
    };
  },
});

async function answerOfModel(
  problem: string,
  context: CallContext,
): Promise<ToolResult<z.input<typeof solutionSchema>>> {
  if (!context.client.sampling) {
    throw new ToolError(
      `I find no arithmetic in "${problem}", and this client has no model to ask. I understand: ${UNDERSTOOD}.`,
    );
  }
  const doubt = 'No arithmetic was found in the problem: the answer is what a model makes of it, and is not checked';
  await context.log('warning', doubt, 'solve_math_problem');
  const { text, model } = await askModel(problem, context);
  return {
    content: [{ type: 'text', text }],
    structuredContent: {
      problem,
      answer: text,
      solvedBy: 'model',
      steps: [],
      timestamp: new Date().toISOString(),
      model,
    },
  };
}
