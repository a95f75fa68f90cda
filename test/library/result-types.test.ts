import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../src/index.js';

const about = { title: 'Sum', description: 'Adds', inputSchema: z.object({ a: z.number() }) };
const outputSchema = z.object({ sum: z.number(), steps: z.array(z.string()).default([]) });
const content = [{ type: 'text' as const, text: '3' }];

// Held by tsc: each line marked so must be refused.
test('what a handler answers has the type of its output schema of zod', () => {
  const steps: readonly string[] = ['1 + 2'];
  const right = defineTool({
    ...about,
    name: 'right',
    outputSchema,
    handler: ({ a }) => ({ content, structuredContent: { sum: a, steps } }),
  });
  // What has a default may be left out, and an error has nothing.
  defineTool({ ...about, name: 'less', outputSchema, handler: () => ({ content, structuredContent: { sum: 3 } }) });
  defineTool({ ...about, name: 'error', outputSchema, handler: async () => ({ content, isError: true }) });
  defineTool({ ...about, name: 'task', outputSchema, handler: (_args, context) => context.detach(() => undefined) });
  // @ts-expect-error -- of another type
  defineTool({ ...about, name: 'other', outputSchema, handler: () => ({ content, structuredContent: { sum: '3' } }) });
  // @ts-expect-error -- of another name
  defineTool({ ...about, name: 'name', outputSchema, handler: () => ({ content, structuredContent: { total: 3 } }) });
  // @ts-expect-error -- in a promise as well
  defineTool({ ...about, name: 'late', outputSchema, handler: async () => ({ content, structuredContent: {} }) });
  expect(right.outputSchema).toBe(outputSchema);
});

test('with a JSON Schema, or without any, it is an object', () => {
  const json = { type: 'object', properties: { sum: { type: 'number' } } };
  const tool = defineTool({
    ...about,
    name: 'json',
    outputSchema: json,
    handler: () => ({ content, structuredContent: { sum: 3 } }),
  });
  defineTool({ ...about, name: 'none', handler: () => ({ content, structuredContent: { anything: 1 } }) });
  // @ts-expect-error -- not an object
  defineTool({ ...about, name: 'text', handler: () => ({ content, structuredContent: 'anything' }) });
  expect(tool.outputSchema).toBe(json);
});
