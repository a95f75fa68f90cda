import * as z from 'zod';
import { PROBLEM_LENGTH, readProblem } from '../../calculator/problems.js';
import { formatResult } from '../../calculator/result.js';
import { askModel } from '../ask-model.js';
import { calculationSchema } from '../calculation-schema.js';
import type { CallContext, Calculation } from '../../catalog/context.js';
import { defineTool, type ToolResult } from '../../catalog/define.js';
import { ToolError } from '../../catalog/errors.js';
import { asList, noHistory, RECENT } from '../recent-calculations.js';
import { solveProblem } from '../solve-problem.js';
import { UNDERSTOOD } from '../understood.js';

const HISTORY =
  /\bhistory\b|\b(?:last|latest|previous|recent|earlier|past) (?:\d+ )?(?:calculations?|results?|answers?)\b|\b(?:have|did|what) (?:i|we) (?:just |already )?calculate/i;

const answerSchema = z.object({
  query: z.string(),
  answer: z.string(),
  answeredWith: z.enum(['calculation', 'history', 'model']).describe("A model's answer is not checked"),
  expression: z.string().optional(),
  value: z.number().optional(),
  exact: z.string().optional().describe('All digits of the result, where a number can not keep them'),
  calculationId: z.string().optional(),
  history: z.array(calculationSchema).optional().describe('Newest first'),
  model: z.string().optional(),
});
type AnswerResult = ToolResult<z.input<typeof answerSchema>>;

export const calculatorAssistant = defineTool({
  name: 'calculator_assistant',
  title: 'Calculator assistant',
  description:
    "Answers a question with a calculation where it holds one, with this session's history where it asks for that, and otherwise through the client's model.",
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: z.object({
    query: z
      .string()
      .min(1)
      .max(PROBLEM_LENGTH)
      .describe('The question: "what is 15 plus 27", "what did I calculate?"'),
    includeHistory: z
      .boolean()
      .default(false)
      .describe(`Whether to add the session's latest calculations, at most ${RECENT}`),
  }),
  outputSchema: answerSchema,
  async handler({ query, includeHistory }, context) {
    // Read before the calculation is made, so that it tells of what came before the question.
    const history = includeHistory && context.history.kept ? await context.history.list(RECENT) : undefined;
    const problem = readProblem(query);
    if (problem !== undefined) {
      const solution = await solveProblem(problem, context);
      const { expression, value, exact, calculationId } = solution;
      const answer = `${expression} = ${formatResult(solution)}`;
      return answered(query, answer, 'calculation', { expression, value, exact, calculationId }, history);
    }
    if (HISTORY.test(query)) return answerFromHistory(query, context);
    return answerOfModel(query, context, history);
  },
});

async function answerFromHistory(query: string, context: CallContext): Promise<AnswerResult> {
  if (!context.history.kept) throw new ToolError(noHistory(context));
  const history = await context.history.list(RECENT);
  const answer =
    history.length === 0
      ? 'Nothing has been calculated in this session yet.'
      : `The latest calculations, newest first:\n${asList(history)}`;
  return {
    content: [{ type: 'text', text: answer }],
    structuredContent: { query, answer, answeredWith: 'history', history },
  };
}

async function answerOfModel(query: string, context: CallContext, history?: Calculation[]): Promise<AnswerResult> {
  if (!context.client.sampling) {
    throw new ToolError(
      `I find neither arithmetic nor a question for the history in "${query}", and this client has no model to ask. I understand: ${UNDERSTOOD}.`,
    );
  }
  const background = history?.length ? `My latest calculations, newest first:\n${asList(history)}` : undefined;
  const { text, model } = await askModel(query, context, background);
  return answered(query, text, 'model', { model }, history);
}

/** A result; what is undefined in `details` is left out, and the history follows the answer. */
function answered(
  query: string,
  answer: string,
  answeredWith: 'calculation' | 'model',
  details: Partial<z.input<typeof answerSchema>>,
  history?: Calculation[],
): AnswerResult {
  const known = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  const text = history?.length ? `${answer}\n\nBefore that, newest first:\n${asList(history)}` : answer;
  return {
    content: [{ type: 'text', text }],
    structuredContent: { query, answer, answeredWith, ...known, ...(history && { history }) },
  };
}
