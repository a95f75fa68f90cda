// A server over stdio with faults that real servers have. Every line marked "fault" is one; README.md lists them.
import { createInterface } from 'node:readline';

const forecast = {
  name: 'forecast',
  description: 'The weather of tomorrow.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  outputSchema: { type: 'object', properties: { celsius: { type: 'number' } }, required: ['celsius'] },
  annotations: { readOnlyHint: true },
};
const clock = {
  name: 'clock',
  description: 'The time.',
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
};
const erase = {
  name: 'erase',
  description: 'Erases everything.',
  inputSchema: { type: 'object' },
  annotations: { destructiveHint: true },
};
const fold = {
  name: 'fold',
  inputSchema: { type: 'object', properties: { edge: { type: 'nothing-of-the-kind' } } },
  annotations: { readOnlyHint: true },
}; // fault: no such type

const methods = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {}, resources: {}, prompts: {} },
    serverInfo: { name: 'broken', version: '0.0.1' },
  }),
  ping: () => ({}),
  'tools/list': ({ cursor }) => {
    if (cursor === undefined) return { tools: [forecast, clock], nextCursor: 'page-2' };
    return { tools: [erase, fold, clock] }; // fault: clock again, and any cursor is taken for page 2
  },
  'tools/call': ({ name, arguments: args = {} }) => {
    if (name === 'forecast') {
      process.stdout.write(`forecast for ${args.city}\n`); // fault: a log on stdout
      return { content: [{ type: 'text', text: 'warm' }], structuredContent: { celsius: 'warm' } }; // fault: not what outputSchema says
    }
    if (name === 'clock') return { content: [{ type: 'text', text: 'noon' }] }; // fault: outputSchema, and no structuredContent
    if (name === 'erase') process.exit(1);
    throw rpcError(-32603, `Cannot read properties of undefined (reading '${name}')`); // fault: an unknown tool is -32602
  },
  'resources/list': () => ({
    resources: [
      { uri: 'broken://a', name: 'a' },
      { uri: 'broken://gone', name: 'gone' },
    ],
  }),
  'resources/templates/list': () => ({ resourceTemplates: [] }),
  'resources/read': ({ uri }) => {
    if (uri === 'broken://gone') throw rpcError(-32603, 'ENOENT'); // fault: listed, and not there
    return { contents: [{ uri, text: 'the same for every address' }] }; // fault: an unknown resource is -32002
  },
  'prompts/list': () => ({ prompts: [{ name: 'greet' }], nextCursor: 'again' }), // fault: never ends
  'prompts/get': () => ({ messages: [] }), // fault: nothing in it, whatever the name
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) return;
  try {
    const handler = methods[method];
    // fault: an unknown method is -32601
    send({ id, result: handler === undefined ? {} : handler(params) });
  } catch (error) {
    send({ id, error: { code: error.code ?? -32603, message: error.message } });
  }
});

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function rpcError(code, message) {
  return Object.assign(new Error(message), { code });
}
