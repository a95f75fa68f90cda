// A server of your own: everything it offers is plain data, served by mcp-calc over any transport.
import { defineCatalog, definePrompt, defineResourceTemplate, defineTool, ToolError } from 'mcp-calc';
import { z } from 'zod';

const rates = { EUR: 1, USD: 1.1, GBP: 0.85 };

const convert = defineTool({
  name: 'convert',
  title: 'Convert',
  description: 'Converts an amount from one currency to another, at rates that never change.',
  annotations: { readOnlyHint: true },
  inputSchema: z.object({ amount: z.number(), from: z.enum(Object.keys(rates)), to: z.string() }),
  outputSchema: z.object({ amount: z.number(), currency: z.string() }),
  async handler({ amount, from, to }, { client, elicit }) {
    // What a person has to know can be asked for, where the client can ask.
    const target = to in rates || !client.elicitation ? to : await askForCurrency(elicit);
    // A ToolError is for the model to read; any other exception is a bug, and tells it nothing.
    if (!(target in rates))
      throw new ToolError(`There is no rate for "${target}": use ${Object.keys(rates).join(', ')}.`);
    const result = { amount: (amount / rates[from]) * rates[target], currency: target };
    return { content: [{ type: 'text', text: `${result.amount} ${target}` }], structuredContent: result };
  },
});

async function askForCurrency(elicit) {
  const answer = await elicit('To which currency?', {
    type: 'object',
    properties: { currency: { type: 'string', enum: Object.keys(rates) } },
    required: ['currency'],
  });
  if (answer.action !== 'accept') throw new ToolError('Nothing was converted: no currency was chosen.');
  return answer.content.currency;
}

const countdown = defineTool({
  name: 'countdown',
  title: 'Countdown',
  description: 'Counts down and reports every step.',
  // Plain JSON Schema 2020-12 does as well as zod.
  inputSchema: {
    type: 'object',
    properties: { from: { type: 'integer', minimum: 1, maximum: 10 } },
    required: ['from'],
  },
  async handler({ from }, { progress, signal }) {
    for (let left = from; left > 0 && !signal.aborted; left -= 1) await progress(from - left + 1, from, `${left} …`);
    return { content: [{ type: 'text', text: 'Lift-off' }] };
  },
});

const rate = defineResourceTemplate({
  uriTemplate: 'rates://{currency}',
  name: 'rate',
  description: 'What one euro is in this currency',
  mimeType: 'text/plain',
  complete: { currency: () => Object.keys(rates) },
  // Undefined stands for: there is no such resource.
  read: (uri, { currency }) =>
    currency in rates ? { uri, mimeType: 'text/plain', text: String(rates[currency]) } : undefined,
});

const explainRates = definePrompt({
  name: 'explain-rates',
  description: 'Asks for an explanation of exchange rates',
  arguments: [{ name: 'level', complete: ['short', 'long'] }],
  get: ({ level = 'short' }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Give me a ${level} explanation of exchange rates.` } }],
  }),
});

export default defineCatalog({
  name: 'own-server',
  version: '1.0.0',
  tools: [convert, countdown],
  resourceTemplates: [rate],
  prompts: [explainRates],
});
