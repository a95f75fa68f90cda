import { definePrompt } from 'mcp-calc';
import { RED_PIXEL } from './media.js';

// Suggestions, not the only values: an array in their place would be enforced by `prompts/get`.
const suggestions = () => ['paris', 'park', 'party', 'hello', 'world'];

export const prompts = [
  definePrompt({
    name: 'test_simple_prompt',
    title: 'Simple prompt',
    description: 'A prompt without arguments',
    get: () => messages({ type: 'text', text: 'This is a simple prompt for testing.' }),
  }),
  definePrompt({
    name: 'test_prompt_with_arguments',
    title: 'Prompt with arguments',
    description: 'A prompt with two arguments, both required and both completed',
    arguments: [
      { name: 'arg1', description: 'First test argument', required: true, complete: suggestions },
      { name: 'arg2', description: 'Second test argument', required: true, complete: suggestions },
    ],
    get: ({ arg1, arg2 }) => messages({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }),
  }),
  definePrompt({
    name: 'test_prompt_with_embedded_resource',
    title: 'Prompt with a resource',
    description: 'A prompt that embeds a resource',
    arguments: [{ name: 'resourceUri', description: 'URI of the resource to embed', required: true }],
    get: ({ resourceUri }) =>
      messages(
        {
          type: 'resource',
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
        { type: 'text', text: 'Please process the embedded resource above.' },
      ),
  }),
  definePrompt({
    name: 'test_prompt_with_image',
    title: 'Prompt with an image',
    description: 'A prompt that shows an image',
    get: () =>
      messages(
        { type: 'image', data: RED_PIXEL, mimeType: 'image/png' },
        { type: 'text', text: 'Please analyze the image above.' },
      ),
  }),
  definePrompt({
    name: 'test_input_required_result_prompt',
    title: 'Prompt that asks',
    description: 'A prompt that asks for its context first',
    async get(_args, context) {
      const schema = { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] };
      const answer = await context.elicit('What context should the prompt use?', schema, { key: 'user_context' });
      return messages({ type: 'text', text: `Context: ${answer.content?.context ?? 'none'}` });
    },
  }),
];

function messages(...contents) {
  return { messages: contents.map((content) => ({ role: 'user', content })) };
}
