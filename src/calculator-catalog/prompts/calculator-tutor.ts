import { definePrompt } from '../../catalog/define.js';
import { userMessage } from '../prompt-message.js';
import { suggestTopics } from '../topics.js';

const levels = {
  beginner: 'Assume nothing but counting. Use everyday things, one new idea at a time, and praise progress.',
  intermediate: 'Assume sure arithmetic. Name the rules, show why they hold, and connect them to each other.',
  advanced: 'Assume school algebra. Generalise, prove in short steps, and point out the usual traps.',
};

export const calculatorTutor = definePrompt({
  name: 'calculator-tutor',
  title: 'Calculator tutor',
  description: "A lesson that uses the calculator, at the learner's pace",
  arguments: [
    { name: 'topic', description: 'What to learn; the tutor asks if left out', complete: suggestTopics },
    { name: 'level', description: 'Where the learner stands; beginner if left out', complete: Object.keys(levels) },
  ],
  get({ topic, level = 'beginner' }) {
    return {
      description: `A ${level} lesson${topic ? ` on ${topic}` : ''}`,
      messages: [
        userMessage(
          `# Calculator tutor${topic ? `: ${topic}` : ''}`,
          topic
            ? `Teach me **${topic}** at the **${level}** level.`
            : `Be my maths tutor at the **${level}** level. Ask me first what I want to learn.`,
          levels[level as keyof typeof levels],
          [
            '1. Explain the idea in a few sentences, with one example that you calculate with the tool `calculate`.',
            '2. Give me one exercise and wait for my answer.',
            '3. Check my answer with the tool `calculate`; if it is wrong, find out where I went astray before you show the way.',
            '4. Go on to the next step when I am ready. `formulas://library` holds formulas to draw on.',
          ].join('\n'),
        ),
      ],
    };
  },
});
