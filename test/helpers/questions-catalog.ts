import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import type { CallContext, Elicited } from '../../src/catalog/context.js';

const ANSWER = { type: 'object' as const, properties: { answer: { type: 'string' } }, required: ['answer'] };
/** What the handlers did, for a look from outside. */
export const log: string[] = [];

/** A promise that the author keeps from one call to the next: a mistake, which must not harm the server. */
let shared: Promise<Elicited> | undefined;

/** Tools that ask, each to show one thing that a handler may do before, between and after its questions. */
export const questionsCatalog = defineCatalog({
  tools: [
    tool('two_rounds', {}, async (context) => {
      const first = await context.elicit('First?', ANSWER);
      const second = await context.elicit('Second?', ANSWER);
      return `${content(first)}, ${content(second)}`;
    }),
    tool('same_key_twice', {}, async (context) => {
      const first = await context.elicit('First?', ANSWER, { key: 'k' });
      const second = await context.elicit('Second?', ANSWER, { key: 'k' });
      return `${content(first)}, ${content(second)}`;
    }),
    tool('unnamed_at_once', {}, async (context) => {
      await Promise.all([context.elicit('First?', ANSWER), context.elicit('Second?', ANSWER)]);
      return 'done';
    }),
    tool('cleans_up', {}, async (context) => {
      log.push('opened');
      try {
        await context.elicit('Go on?', ANSWER);
      } finally {
        log.push('closed');
      }
      return 'done';
    }),
    tool('swallows', {}, async (context) => {
      try {
        await context.elicit('Go on?', ANSWER);
        return 'asked';
      } catch {
        await context.log('error', 'swallowed').catch(() => undefined);
        return 'swallowed';
      }
    }),
    tool('steps', {}, async (context) => {
      const random = await context.step('random', () => {
        log.push('random');
        return { number: log.length };
      });
      await context.elicit('Go on?', ANSWER);
      const again = await context.step('random', () => {
        log.push('random');
        return { number: log.length };
      });
      return `${random.number}, ${again.number}`;
    }),
    tool('pays', { destructiveHint: true }, async (context) => {
      const answer = await context.elicit('Pay?', ANSWER);
      const receipt = await context.step('pay', async () => {
        log.push(`paid ${content(answer)}`);
        return `receipt ${log.length}`;
      });
      return receipt;
    }),
    tool('pays_after_two', { destructiveHint: true }, async (context) => {
      await context.elicit('First?', ANSWER);
      const second = await context.elicit('Second?', ANSWER);
      return context.step('pay', () => {
        log.push(`paid ${content(second)}`);
        return `receipt ${log.length}`;
      });
    }),
    tool('shares', {}, async (context) => {
      shared ??= context.elicit('Shared?', ANSWER);
      return content(await shared);
    }),
    tool('tells', {}, async (context) => {
      await context.progress(1, 2);
      await context.log('info', 'before');
      await context.elicit('Go on?', ANSWER);
      await context.log('info', 'after');
      return 'done';
    }),
    tool('large', {}, async (context) => {
      const text = await context.step('text', () => 'x'.repeat(10_000));
      await context.elicit('Go on?', ANSWER);
      return String(text.length);
    }),
    tool('too_large', {}, async (context) => {
      await context.step('text', () => 'x'.repeat(100_000));
      await context.elicit('Go on?', ANSWER);
      return 'done';
    }),
    tool('echo', {}, async (context) => content(await context.elicit('What?', ANSWER))),
  ],
});

function tool(
  name: string,
  annotations: { destructiveHint?: boolean },
  run: (context: CallContext) => Promise<string>,
) {
  return defineTool({
    name,
    title: name,
    description: name,
    annotations,
    inputSchema: { type: 'object', properties: { n: { type: 'number' } } },
    handler: async (_args, context) => ({ content: [{ type: 'text', text: await run(context) }] }),
  });
}

function content(elicited: { action: string; content?: Record<string, unknown> }): string {
  return elicited.action === 'accept' ? String(elicited.content?.answer) : elicited.action;
}
