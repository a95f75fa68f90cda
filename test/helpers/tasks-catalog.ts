import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext, DetachedTask, Elicited } from '../../src/catalog/context.js';
import type { Tool, ToolResult } from '../../src/catalog/define.js';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { ToolError } from '../../src/catalog/errors.js';

const ANSWER = { type: 'object' as const, properties: { answer: { type: 'string' } }, required: ['answer'] };

/** Longer than the servers of these tests wait before a call becomes a task, ms. */
const LONG_MS = 150;

/** What was handed on, and why handlers were stopped: for a look from outside. */
export const handedOn: DetachedTask[] = [];
export const stopped: string[] = [];
/** What handlers heard that handed on what they had answered. */
export const lateFaults: string[] = [];

/** Tools that may become tasks, each to show one thing that a task may do. */
export const tasksCatalog = defineCatalog({
  tools: [
    tool('plain', undefined, () => 'plain'),
    tool('slow', 'optional', async ({ signal }) => {
      await delay(LONG_MS, undefined, { signal });
      return 'slow';
    }),
    tool('quick', 'optional', () => 'quick'),
    tool('endless', 'required', async ({ signal }) => {
      await delay(60_000, undefined, { signal }).catch(() => stopped.push(String((signal.reason as Error).message)));
      return 'never heard';
    }),
    tool('required', 'required', ({ client }) => `tasks: ${client.tasks}`),
    tool('refuses', 'required', () => {
      throw new ToolError('It can not be done');
    }),
    tool('breaks', 'required', () => {
      throw new Error('a bug');
    }),
    tool('huge', 'required', () => 'x'.repeat(1_000_001)),
    tool('asks', 'required', async (context) => said(await context.elicit('What?', ANSWER))),
    tool('asks_twice', 'required', async (context) => {
      const first = await context.elicit('First?', ANSWER, { key: 'k' });
      const second = await context.elicit('Second?', ANSWER, { key: 'k' });
      return `${said(first)}, ${said(second)}`;
    }),
    tool('asks_two_at_once', 'required', async (context) => {
      const answers = await Promise.all([
        context.elicit('First?', ANSWER, { key: 'a' }),
        context.elicit('Second?', ANSWER, { key: 'b' }),
      ]);
      return answers.map(said).join(', ');
    }),
    tool('asks_before_and_inside', 'optional', async (context) => {
      const before = await context.elicit('Before?', ANSWER, { key: 'k' });
      const stamp = await context.step('stamp', () => 'stamped');
      await delay(LONG_MS);
      const inside = await context.elicit('Inside?', ANSWER, { key: 'k' });
      return `${said(before)}, ${stamp}, ${said(inside)}`;
    }),
    tool('tells', 'required', async (context) => {
      await context.progress(1, 4);
      await context.log('error', 'a log message');
      await context.progress(2, 4, 'half of it');
      await delay(60_000, undefined, { signal: context.signal });
      return 'told';
    }),
    tool('counts', 'required', async (context) => {
      for (const word of ['one', 'two', 'three']) await context.progress(1, 3, word);
      return 'counted';
    }),
    tool('hands_on', 'optional', (context) => context.detach((task) => void handedOn.push(task))),
    tool('hands_on_late', 'optional', (context) => {
      setTimeout(
        () => void context.detach(() => undefined).catch((error: Error) => lateFaults.push(error.message)),
        50,
      );
      return 'late';
    }),
    tool('hands_on_in_vain', 'required', (context) =>
      context.detach(() => {
        throw new Error('the queue is full');
      }),
    ),
  ],
});

function tool(
  name: string,
  task: Tool['task'],
  run: (context: CallContext) => string | ToolResult | Promise<string | ToolResult>,
) {
  return defineTool({
    name,
    title: name,
    description: name,
    ...(task && { task }),
    inputSchema: { type: 'object', properties: { n: { type: 'number' } } },
    async handler(_args, context) {
      const result = await run(context);
      return typeof result === 'string' ? { content: [{ type: 'text', text: result }] } : result;
    },
  });
}

function said(elicited: Elicited): string {
  return elicited.action === 'accept' ? String(elicited.content.answer) : elicited.action;
}
