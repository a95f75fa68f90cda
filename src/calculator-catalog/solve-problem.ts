import { expressionSteps } from '../calculator/expression-steps.js';
import { evaluateInFull } from '../calculator/expression.js';
import { formatResult } from '../calculator/result.js';
import type { Result } from '../calculator/result.js';
import { areaExpression, shapes, type Problem, type Shape } from '../calculator/problems.js';
import { attempt } from './attempt.js';
import type { CallContext } from '../catalog/context.js';
import { ToolError } from '../catalog/errors.js';
import { recordCalculation } from './record-calculation.js';

/** Sizes that a person may give: larger ones are slips of the keyboard. */
const LARGEST_SIZE = 1e15;

export interface Solution extends Result {
  /** What the problem was taken to ask for. */
  readonly understood: string;
  readonly expression: string;
  readonly steps: string[];
  readonly calculationId?: string;
  readonly timestamp: string;
}

/**
 * Solves a problem with the calculator and keeps it in the history. Sizes that an area lacks are asked of the person.
 * Rejects with a {@link ToolError} for arithmetic that has no result, and where the sizes are not to be had.
 */
export async function solveProblem(problem: Problem, context: CallContext): Promise<Solution> {
  if (problem.kind === 'expression') return compute(problem.expression, problem.expression, [], context);
  const { shape } = problem;
  const sizes = problem.sizes ?? (await askForSizes(shape, context));
  const names = shapes[shape].sizes;
  const given = names.map((name, index) => `${name} ${sizes[index]}`).join(' and ');
  const formula = areaExpression(shape, names);
  return compute(
    `the area of a ${shape} with ${given}`,
    areaExpression(shape, sizes),
    [`Area of a ${shape}: ${formula}`],
    context,
  );
}

async function compute(
  understood: string,
  expression: string,
  before: string[],
  context: CallContext,
): Promise<Solution> {
  const result = attempt(() => evaluateInFull(expression));
  return {
    understood,
    expression,
    ...result,
    steps: [`Understood: ${understood}`, ...before, ...expressionSteps(expression), `Result: ${formatResult(result)}`],
    ...(await recordCalculation(context, { operation: 'solve', expression, ...result })),
  };
}

async function askForSizes(shape: Shape, context: CallContext): Promise<number[]> {
  const names: readonly string[] = shapes[shape].sizes;
  const wanted = names.join(' and ');
  if (!context.client.elicitation) {
    throw new ToolError(
      `The area of a ${shape} needs its ${wanted}, and this client can't be asked for it (elicitation): give it in the problem.`,
    );
  }
  const answer = await context.elicit(`What is the ${wanted} of the ${shape}?`, {
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [
        name,
        {
          type: 'number',
          title: titled(name),
          description: `The ${name} of the ${shape}`,
          minimum: 0,
          maximum: LARGEST_SIZE,
        },
      ]),
    ),
    required: [...names],
  });
  if (answer.action !== 'accept') {
    throw new ToolError(
      `The area of a ${shape} needs its ${wanted}, and ${answer.action === 'decline' ? 'they were not given' : 'the question was cancelled'}.`,
    );
  }
  return names.map((name) => sizeOf(name, answer.content[name]));
}

/** What a client answers is not trusted to fit the schema. */
function sizeOf(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= LARGEST_SIZE) return value;
  throw new ToolError(`The ${name} must be a number from 0 to ${LARGEST_SIZE}.`);
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
