import { defineTool } from 'mcp-calc';
import { NO_ARGUMENTS } from './no-arguments.js';

const choices = (...pairs) => pairs.map(([value, title]) => ({ const: value, title }));

/** Tools that ask the person behind the client, with every kind of field that a form can have. */
export const elicitationTools = [
  defineTool({
    name: 'test_elicitation',
    title: 'Elicitation',
    description: 'Asks for a user name and an e-mail address',
    inputSchema: {
      type: 'object',
      properties: { message: { type: 'string', description: 'What to ask' } },
      required: ['message'],
    },
    handler: async ({ message }, context) =>
      answer(
        'User response:',
        await context.elicit(message, {
          type: 'object',
          properties: {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          },
          required: ['username', 'email'],
        }),
      ),
  }),
  asking(
    'test_elicitation_sep1034_defaults',
    'Elicitation with defaults',
    'Asks with a default for every kind of field (SEP-1034)',
    {
      name: { type: 'string', description: 'User name', default: 'John Doe' },
      age: { type: 'integer', description: 'User age', default: 30 },
      score: { type: 'number', description: 'User score', default: 95.5 },
      status: {
        type: 'string',
        description: 'User status',
        enum: ['active', 'inactive', 'pending'],
        default: 'active',
      },
      verified: { type: 'boolean', description: 'Verification status', default: true },
    },
  ),
  asking('test_elicitation_sep1330_enums', 'Elicitation with choices', 'Asks with every kind of choice (SEP-1330)', {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: {
      type: 'string',
      oneOf: choices(['value1', 'First Option'], ['value2', 'Second Option'], ['value3', 'Third Option']),
    },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: { anyOf: choices(['value1', 'First Choice'], ['value2', 'Second Choice'], ['value3', 'Third Choice']) },
    },
  }),
];

function asking(name, title, description, properties) {
  return defineTool({
    name,
    title,
    description,
    inputSchema: NO_ARGUMENTS,
    handler: async (_args, context) =>
      answer('Elicitation completed:', await context.elicit('Please fill in the form', { type: 'object', properties })),
  });
}

function answer(words, { action, content }) {
  const said = content === undefined ? `action=${action}` : `action=${action}, content=${JSON.stringify(content)}`;
  return { content: [{ type: 'text', text: `${words} ${said}` }] };
}
