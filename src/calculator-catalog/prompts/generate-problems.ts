import { definePrompt } from '../../catalog/define.js';
import { userMessage } from '../prompt-message.js';
import { suggestTopics } from '../topics.js';

const MOST = 10;
const DEFAULT_COUNT = '5';

const difficulties = {
  easy: 'small whole numbers and a single step',
  medium: 'two or three steps, decimals and percentages where they fit',
  hard: 'several steps, and a situation from which the calculation has to be found first',
};

export const generateProblems = definePrompt({
  name: 'generate-problems',
  title: 'Generate practice problems',
  description: 'Practice problems on a topic, with checked answers',
  arguments: [
    {
      name: 'topic',
      description: 'What to practise: percentages, fractions, area …',
      required: true,
      complete: suggestTopics,
    },
    { name: 'difficulty', description: 'How hard; medium if left out', complete: Object.keys(difficulties) },
    {
      name: 'count',
      description: `How many, 1 to ${MOST}; ${DEFAULT_COUNT} if left out`,
      complete: Array.from({ length: MOST }, (_, index) => String(index + 1)),
    },
  ],
  get({ topic = '', difficulty = 'medium', count = DEFAULT_COUNT }) {
    const manner = difficulties[difficulty as keyof typeof difficulties];
    const problems = count === '1' ? '1 practice problem' : `${count} practice problems`;
    return {
      description: `${problems} on ${topic}, ${difficulty}`,
      messages: [
        userMessage(
          `# Practice problems: ${topic}`,
          `Write ${problems} on **${topic}** at the **${difficulty}** level: ${manner}.`,
          [
            '- Number the problems, and let every one differ from the others in more than its numbers.',
            '- Check each answer with the tool `calculate` before you write it down.',
            '- Put the answers, each with one line of working, under the heading "Answers" at the end.',
          ].join('\n'),
        ),
      ],
    };
  },
});
