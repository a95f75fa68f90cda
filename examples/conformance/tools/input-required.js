import { defineTool } from 'mcp-calc';
import { NO_ARGUMENTS } from './no-arguments.js';

const form = (property, type = 'string') => ({
  type: 'object',
  properties: { [property]: { type } },
  required: [property],
});

const ASK_NAME = ['What is your name?', form('name'), { key: 'user_name' }];
const CAPITAL = {
  messages: [{ role: 'user', content: { type: 'text', text: 'What is the capital of France?' } }],
  maxTokens: 100,
};
const GREETING = {
  messages: [{ role: 'user', content: { type: 'text', text: 'Generate a greeting' } }],
  maxTokens: 50,
};

/** Tools that ask before they answer: in the modern era a round ends with the question (basic/patterns/mrtr). The keys are the suite's. */
export const inputRequiredTools = [
  asking('elicitation', 'Asks for a name', ['elicitation'], async (context) => {
    const { content } = await context.elicit(...ASK_NAME);
    return `Hello, ${content?.name ?? 'stranger'}!`;
  }),
  asking('sampling', 'Asks the model', ['sampling'], async (context) => {
    const { text } = await context.sample(CAPITAL, { key: 'capital_question' });
    return text;
  }),
  asking('list_roots', 'Asks for the roots', ['roots'], async (context) => {
    const roots = await context.roots({ key: 'client_roots' });
    return `Roots: ${roots.map(({ uri }) => uri).join(', ')}`;
  }),
  asking('request_state', 'Asks, and comes back with its state', ['elicitation'], async (context) => {
    const number = await context.step('a number', () => 42);
    await context.elicit('Please confirm', form('ok', 'boolean'), { key: 'confirm' });
    return number === 42 ? 'state-ok' : 'state-lost';
  }),
  asking('multiple_inputs', 'Asks three things at once', ['elicitation', 'sampling', 'roots'], async (context) => {
    const [name, greeting, roots] = await Promise.all([
      context.elicit(...ASK_NAME),
      context.sample(GREETING, { key: 'greeting' }),
      context.roots({ key: 'client_roots' }),
    ]);
    return `${greeting.text} ${name.content?.name}, from ${roots.length} roots`;
  }),
  asking('multi_round', 'Asks twice, one after the other', ['elicitation'], async (context) => {
    const first = await context.elicit('Step 1: What is your name?', form('name'), { key: 'step1' });
    const second = await context.elicit('Step 2: What is your favorite color?', form('color'), { key: 'step2' });
    return `${first.content?.name} likes ${second.content?.color}`;
  }),
  asking('tampered_state', 'Asks, and refuses a changed state', ['elicitation'], async (context) => {
    await context.elicit('Please confirm', form('ok', 'boolean'), { key: 'confirm' });
    return 'The state was whole';
  }),
  asking('capabilities', 'Asks only what its client can answer', [], async (context) => {
    const { client } = context;
    const asked = [
      client.elicitation && context.elicit(...ASK_NAME),
      client.sampling && context.sample(GREETING, { key: 'greeting' }),
    ];
    await Promise.all(asked);
    return `Asked ${asked.filter(Boolean).length} questions`;
  }),
];

function asking(name, description, asks, ask) {
  return defineTool({
    name: `test_input_required_result_${name}`,
    title: name,
    description,
    inputSchema: NO_ARGUMENTS,
    asks,
    handler: async (_args, context) => ({ content: [{ type: 'text', text: await ask(context) }] }),
  });
}
