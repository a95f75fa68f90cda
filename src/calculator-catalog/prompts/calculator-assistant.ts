import { definePrompt } from '../../catalog/define.js';
import { userMessage } from '../prompt-message.js';
import { recentCalculations } from '../recent-calculations.js';
import { yesOrNo } from '../yes-or-no.js';

export const calculatorAssistantPrompt = definePrompt({
  name: 'calculator_assistant',
  title: 'Calculator assistant',
  description: "Answers a question with the calculator's tools",
  arguments: [
    { name: 'query', description: 'What you want to know', required: true },
    {
      name: 'includeHistory',
      description: "Whether to give this session's latest calculations along; false if left out",
      complete: yesOrNo,
    },
  ],
  async get({ query = '', includeHistory = 'false' }, context) {
    const recent = includeHistory === 'true' && (await recentCalculations(context));
    return {
      description: 'A question to the calculator assistant',
      messages: [
        userMessage(
          '# Calculator assistant',
          `> ${query.replaceAll('\n', '\n> ')}`,
          'Answer with the help of the calculator: `calculate` and `evaluate` for numbers, `explain_formula` for formulas, `formulas://library` and `calculator://constants` to look things up. Calculate nothing in your head.',
          recent && `My latest calculations:\n\n${recent}`,
        ),
      ],
    };
  },
});
