import { z } from 'zod';
import type { Catalog } from '../../src/index.js';
import { defineCatalog, defineResource, defineTool } from '../../src/index.js';

/** A catalog of an author's own: plain JSON Schema and zod, a call that tells who calls, one that asks, one that waits. */
export function addCatalog(events: string[] = []): Catalog {
  const add = defineTool({
    name: 'add',
    title: 'Add',
    description: 'Adds two numbers.',
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    handler: ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
  });
  const repeat = defineTool({
    name: 'repeat',
    title: 'Repeat',
    description: 'Repeats a word, with progress.',
    inputSchema: {
      type: 'object',
      properties: { word: { type: 'string', maxLength: 10 }, times: { type: 'integer', minimum: 1 } },
      required: ['word'],
      additionalProperties: false,
    },
    handler: async ({ word, times = 2 }, { progress }) => {
      for (let at = 1; at <= Number(times); at += 1) await progress(at, Number(times));
      return { content: [{ type: 'text', text: String(word).repeat(Number(times)) }] };
    },
  });
  const who = defineTool({
    name: 'who',
    title: 'Who',
    description: 'Tells who calls.',
    inputSchema: { type: 'object' },
    handler: (_args, { caller, session }) => ({
      content: [{ type: 'text', text: JSON.stringify({ caller: caller ?? null, session: session?.id ?? null }) }],
    }),
  });
  const secret = defineTool({
    name: 'secret',
    title: 'Secret',
    description: 'For some.',
    inputSchema: { type: 'object' },
    scopes: ['secrets'],
    handler: () => ({ content: [{ type: 'text', text: 'the secret' }] }),
  });
  const ask = defineTool({
    name: 'ask',
    title: 'Ask',
    description: 'Asks for a name.',
    inputSchema: { type: 'object' },
    handler: async (_args, { elicit }) => {
      const schema = { type: 'object' as const, properties: { name: { type: 'string' as const } }, required: ['name'] };
      const answer = await elicit('What is your name?', schema);
      const name = answer.action === 'accept' ? String(answer.content.name) : 'nobody';
      return { content: [{ type: 'text', text: `Hello ${name}` }] };
    },
  });
  const wait = defineTool({
    name: 'wait',
    title: 'Wait',
    description: 'Waits until nobody waits for it.',
    inputSchema: { type: 'object' },
    handler: async (_args, { signal, progress }) => {
      await progress(1);
      events.push('waiting');
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      events.push('aborted');
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push('cleaned up');
      return { content: [] };
    },
  });
  const note = defineResource({
    uri: 'note://one',
    name: 'one',
    read: (uri) => ({ uri, mimeType: 'text/plain', text: 'a note' }),
  });
  return defineCatalog({
    name: 'adder',
    version: '1.0.0',
    tools: [add, repeat, who, secret, ask, wait],
    resources: [note],
  });
}
