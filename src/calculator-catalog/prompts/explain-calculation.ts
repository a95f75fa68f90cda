import { CalculationError } from '../../calculator/errors.js';
import { evaluateInFull } from '../../calculator/expression.js';
import { readProblem } from '../../calculator/problems.js';
import { formatResult } from '../../calculator/result.js';
import { definePrompt } from '../../catalog/define.js';
import { userMessage } from '../prompt-message.js';

const levels = {
  basic: 'Use everyday words and go one small step at a time; take nothing for granted but counting.',
  intermediate: 'Name the operations and the order in which they apply, and say why that order.',
  advanced: 'Name the laws that justify each step, and mention an alternative way to the result.',
};

export const explainCalculation = definePrompt({
  name: 'explain-calculation',
  title: 'Explain a calculation',
  description: 'Explains a calculation step by step, at the level of the reader',
  arguments: [
    {
      name: 'expression',
      aliases: ['calculation', 'operation'],
      description: 'The calculation: 2 * (3 + 4)',
      required: true,
    },
    { name: 'level', description: 'How deep to go; basic if left out', complete: Object.keys(levels) },
  ],
  get({ expression = '', level = 'basic' }) {
    const result = resultOf(expression);
    return {
      description: `An explanation of ${expression} at the ${level} level`,
      messages: [
        userMessage(
          `# Explain: ${expression}`,
          `Explain step by step how to calculate **${expression}**, at the **${level}** level. ${levels[level as keyof typeof levels]}`,
          result !== undefined && `The calculator's result is **${result}**; the explanation has to arrive there.`,
          'End with the result in one sentence.',
        ),
      ],
    };
  },
});

/** What the calculator makes of it; undefined where it finds no arithmetic, or none with a result. */
function resultOf(calculation: string): string | undefined {
  const problem = readProblem(calculation);
  if (problem?.kind !== 'expression') return undefined;
  try {
    return formatResult(evaluateInFull(problem.expression));
  } catch (error) {
    if (error instanceof CalculationError) return undefined;
    throw error;
  }
}
