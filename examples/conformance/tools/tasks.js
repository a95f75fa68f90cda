import { setTimeout as delay } from 'node:timers/promises';
import { defineTool, ToolError } from 'mcp-calc';
import { NO_ARGUMENTS } from './no-arguments.js';

/** How long the job works that fails, and the one that has asked before, ms: longer than a call is waited for. */
const WORK_MS = 1_000;

const CONFIRM = { type: 'object', properties: { confirm: { type: 'boolean' } }, required: ['confirm'] };
const NAME = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

/** Tools that may become tasks, or must (SEP-2663), and one that never does. */
export const taskTools = [
  defineTool({
    name: 'greet',
    title: 'Greet',
    description: 'Greets, at once',
    inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    handler: ({ name }) => text(`Hello, ${name}!`),
  }),
  defineTool({
    name: 'slow_compute',
    title: 'Slow computation',
    description: 'Takes as many seconds as it is told to',
    task: 'optional',
    inputSchema: {
      type: 'object',
      properties: { seconds: { type: 'number', minimum: 0, maximum: 600 }, label: { type: 'string' } },
      required: ['seconds'],
    },
    async handler({ seconds, label = 'no label' }, { signal }) {
      await delay(seconds * 1_000, undefined, { signal });
      return text(`Computed for ${seconds} s: ${label}`);
    },
  }),
  defineTool({
    name: 'failing_job',
    title: 'Failing job',
    description: 'Works, and then says that it failed',
    task: 'required',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, { signal }) {
      await delay(WORK_MS, undefined, { signal });
      throw new ToolError('The job has failed');
    },
  }),
  defineTool({
    name: 'protocol_error_job',
    title: 'Broken job',
    description: 'Breaks, as a handler with a bug does',
    task: 'required',
    inputSchema: NO_ARGUMENTS,
    handler() {
      throw new Error('This handler breaks on purpose');
    },
  }),
  defineTool({
    name: 'confirm_delete',
    title: 'Confirmed deletion',
    description: 'Asks before it would delete a file',
    task: 'required',
    inputSchema: { type: 'object', properties: { filename: { type: 'string' } }, required: ['filename'] },
    async handler({ filename }, context) {
      const answer = await context.elicit(`Delete ${filename}?`, CONFIRM);
      return text(
        answer.action === 'accept' && answer.content.confirm ? `${filename} is deleted` : 'Nothing is deleted',
      );
    },
  }),
  defineTool({
    name: 'multi_input',
    title: 'Two questions at once',
    description: 'Asks two questions at once, and goes on when both are answered',
    task: 'required',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, context) {
      const answers = await Promise.all([
        context.elicit('The first name?', NAME, { key: 'first' }),
        context.elicit('The second name?', NAME, { key: 'second' }),
      ]);
      return text(answers.map(({ content }) => content?.name ?? 'nobody').join(' and '));
    },
  }),
  defineTool({
    name: 'test_tool_with_task',
    title: 'A question, then a task',
    description: 'Asks for a name, and then works for so long that it becomes a task',
    task: 'optional',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, context) {
      const answer = await context.elicit('What is your name?', NAME, { key: 'user_name' });
      await delay(WORK_MS, undefined, { signal: context.signal });
      return text(`Hello, ${answer.content?.name ?? 'nobody'}!`);
    },
  }),
];

function text(words) {
  return { content: [{ type: 'text', text: words }] };
}
