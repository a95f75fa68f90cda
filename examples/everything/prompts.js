import { definePrompt } from 'mcp-calc';
import { ICONS, RED_PIXEL, SILENCE } from './media.js';

const user = (content) => ({
  role: 'user',
  content: typeof content === 'string' ? { type: 'text', text: content } : content,
});
const assistant = (text) => ({ role: 'assistant', content: { type: 'text', text } });

const DISHES = { breakfast: ['porridge', 'pancakes'], dinner: ['soup', 'pasta', 'pie'] };

export const prompts = [
  definePrompt({
    name: 'plain',
    title: 'Plain',
    description: 'Without arguments, with icons and _meta',
    icons: ICONS,
    _meta: { 'example.com/prompt': true },
    get: () => ({ description: 'One message', messages: [user('Say something nice.')] }),
  }),
  definePrompt({
    name: 'arguments',
    title: 'With arguments',
    description: 'One is required and enumerated, one is completed by the first, one is free',
    arguments: [
      { name: 'meal', description: 'When', required: true, complete: Object.keys(DISHES) },
      {
        name: 'dish',
        description: 'What',
        complete: (typed, _context, { meal }) =>
          (DISHES[meal] ?? Object.values(DISHES).flat()).filter((dish) => dish.startsWith(typed)),
      },
      { name: 'note', description: 'Anything else' },
    ],
    get: ({ meal, dish = 'something', note }) => ({
      messages: [user(`Cook ${dish} for ${meal}.${note === undefined ? '' : ` ${note}`}`)],
    }),
  }),
  definePrompt({
    name: 'conversation',
    description: 'Of both roles',
    get: () => ({ messages: [user('What is 6 × 7?'), assistant('42'), user('And twice that?')] }),
  }),
  definePrompt({
    name: 'media',
    description: 'An image, audio, an embedded resource and a link to one',
    get: () => ({
      messages: [
        user({ type: 'image', data: RED_PIXEL, mimeType: 'image/png' }),
        user({ type: 'audio', data: SILENCE, mimeType: 'audio/wav' }),
        user({ type: 'resource', resource: { uri: 'everything://text', mimeType: 'text/plain', text: 'The text' } }),
        user({ type: 'resource_link', uri: 'everything://image', name: 'image', mimeType: 'image/png' }),
      ],
    }),
  }),
  definePrompt({
    name: 'asking',
    description: 'Asks for a topic first, where its client can be asked',
    async get(_args, { client, elicit }) {
      if (!client.elicitation) return { messages: [user('Tell me of anything.')] };
      const question = { type: 'object', properties: { topic: { type: 'string' } } };
      const { content } = await elicit('Which topic?', question, { key: 'topic' });
      return { messages: [user(`Tell me of ${content?.topic ?? 'anything'}.`)] };
    },
  }),
];
