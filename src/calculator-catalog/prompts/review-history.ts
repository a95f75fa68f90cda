import { definePrompt } from '../../catalog/define.js';
import { userMessage } from '../prompt-message.js';
import { history } from '../resources/history.js';

export const reviewHistory = definePrompt({
  name: 'review-history',
  title: 'Review the history',
  description: 'Goes over the calculations of this session, which are embedded as a resource',
  async get(_args, context) {
    const contents = await history.read(history.uri, context);
    const embedded = contents === undefined ? [] : [contents].flat();
    return {
      description: "A review of this session's calculations",
      messages: [
        userMessage(
          '# Review of my calculations',
          embedded.length > 0
            ? 'Look at my calculations below: sum up what I have been working on, point out anything that looks like a mistake, and suggest what to calculate next.'
            : 'This server keeps no history, so look back at the calculations of our conversation instead: sum them up, point out anything that looks like a mistake, and suggest what to calculate next.',
        ),
        ...embedded.map((resource) => ({ role: 'user' as const, content: { type: 'resource' as const, resource } })),
      ],
    };
  },
});
