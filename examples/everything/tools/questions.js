import { show, text } from './make.js';

const titled = (...pairs) => pairs.map(([value, title]) => ({ const: value, title }));
const NAME = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const HAIKU = {
  messages: [{ role: 'user', content: { type: 'text', text: 'Write a haiku about protocols' } }],
  systemPrompt: 'Answer with the poem alone',
  maxTokens: 100,
  temperature: 0.5,
};

/** Every field that a form can have; none must be filled in. */
const FIELDS = {
  text: { type: 'string', title: 'Text', description: 'Any text', minLength: 1, maxLength: 50, default: 'some text' },
  email: { type: 'string', format: 'email' },
  page: { type: 'string', format: 'uri' },
  day: { type: 'string', format: 'date' },
  moment: { type: 'string', format: 'date-time' },
  whole: { type: 'integer', minimum: 0, maximum: 10, default: 3 },
  share: { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
  agreed: { type: 'boolean', default: true },
  one: { type: 'string', enum: ['red', 'green'], default: 'red' },
  one_titled: { type: 'string', oneOf: titled(['r', 'Red'], ['g', 'Green']), default: 'g' },
  one_named: { type: 'string', enum: ['r', 'g'], enumNames: ['Red', 'Green'] },
  several: { type: 'array', items: { type: 'string', enum: ['red', 'green', 'blue'] }, minItems: 1, maxItems: 2 },
  several_titled: { type: 'array', items: { anyOf: titled(['r', 'Red'], ['g', 'Green']) }, default: ['r'] },
};

/** Each kind of question. In the legacy era the call waits for the answer, in the modern one a round ends with the question. */
export const questionTools = [
  ask('ask_form', 'Asks for a form with every kind of field', ['elicitation'], async ({ elicit }) =>
    JSON.stringify(await elicit('Please fill in what you like', { type: 'object', properties: FIELDS })),
  ),
  ask('ask_url', 'Asks for an address to be opened', ['elicitationUrl'], async ({ elicitUrl }) => {
    const { action } = await elicitUrl('Please sign in over there', 'https://example.com/sign-in');
    return `The address was answered with ${action}`;
  }),
  ask('ask_model', "Asks the client's model", ['sampling'], async ({ sample }) => {
    const answer = await sample(HAIKU);
    return `${answer.model} says: ${answer.text}`;
  }),
  ask('ask_roots', 'Asks which folders the client has opened', ['roots'], async ({ roots }) =>
    (await roots()).map(({ uri, name }) => `${name ?? 'unnamed'}: ${uri}`).join('\n'),
  ),
  ask(
    'ask_at_once',
    'Asks three questions at once, each with a key of its own',
    ['elicitation', 'sampling', 'roots'],
    async ({ elicit, sample, roots }) => {
      const [name, poem, folders] = await Promise.all([
        elicit('Your name?', NAME, { key: 'name' }),
        sample(HAIKU, { key: 'poem' }),
        roots({ key: 'folders' }),
      ]);
      return `${name.content?.name ?? name.action}, ${poem.text}, ${folders.length} folders`;
    },
  ),
  ask(
    'ask_twice',
    'Asks again after the first answer; a step between them is taken once',
    ['elicitation'],
    async (context) => {
      const first = await context.elicit('Your first name?', NAME, { key: 'first' });
      const number = await context.step('number', () => Math.floor(Math.random() * 1_000));
      const last = await context.elicit(`Your last name, number ${number}?`, NAME, { key: 'last' });
      return `${first.content?.name ?? first.action} ${last.content?.name ?? last.action}, number ${number}`;
    },
  ),
  ask(
    'ask_if_possible',
    'Asks only where the client can be asked, and goes on without an answer',
    [],
    async (context) => {
      if (!context.client.elicitation) return 'Nobody was asked';
      const { action } = await context.elicit('Shall it go on?', { type: 'object', properties: {} });
      return `The answer was ${action}`;
    },
  ),
];

function ask(name, description, asks, run) {
  return show(name, description, async (_args, context) => text(await run(context)), { asks });
}
