import { definePrompt } from '../../catalog/define.js';
import { userMessage } from '../prompt-message.js';
import { yesOrNo } from '../yes-or-no.js';

export const solveMathProblemPrompt = definePrompt({
  name: 'solve_math_problem',
  title: 'Solve a math problem',
  description: 'Solves a problem given in words, step by step, with the calculator',
  arguments: [
    { name: 'problem', description: 'The problem in words, or an expression', required: true },
    { name: 'showSteps', description: 'Whether to show the steps; true if left out', complete: yesOrNo },
  ],
  get({ problem = '', showSteps = 'true' }) {
    return {
      description: 'A problem solved with the calculator',
      messages: [
        userMessage(
          '# Solve a problem',
          `> ${problem.replaceAll('\n', '\n> ')}`,
          'Use the tool `solve_math_problem`; where it does not understand the problem, set up the calculation yourself and use `evaluate`.',
          showSteps === 'true'
            ? 'Show every step, then the answer in one sentence.'
            : 'Give me the answer alone, in one sentence.',
        ),
      ],
    };
  },
});
