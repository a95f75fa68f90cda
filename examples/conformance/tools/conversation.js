import { setTimeout as delay } from 'node:timers/promises';
import { defineTool } from 'mcp-calc';
import { NO_ARGUMENTS } from './no-arguments.js';

/** The pause between two messages, ms: long enough for a client to tell them apart. */
const PAUSE_MS = 50;

/** Tools that say something, or ask the client's model, before they answer. */
export const conversationTools = [
  defineTool({
    name: 'test_tool_with_logging',
    title: 'Logging',
    description: 'Sends three log messages while it runs',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, context) {
      await context.log('info', 'Tool execution started');
      await delay(PAUSE_MS, undefined, { signal: context.signal });
      await context.log('info', 'Tool processing data');
      await delay(PAUSE_MS, undefined, { signal: context.signal });
      await context.log('info', 'Tool execution completed');
      return text('Tool with logging executed successfully');
    },
  }),
  defineTool({
    name: 'test_tool_with_progress',
    title: 'Progress',
    description: 'Reports progress at 0, 50 and 100 of 100',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, context) {
      for (const done of [0, 50, 100]) {
        if (done > 0) await delay(PAUSE_MS, undefined, { signal: context.signal });
        if (context.wantsProgress) await context.progress(done, 100, `Completed step ${done} of 100`);
      }
      return text('Tool with progress executed successfully');
    },
  }),
  defineTool({
    name: 'test_sampling',
    title: 'Sampling',
    description: "Asks the client's model, and answers with what it says",
    inputSchema: {
      type: 'object',
      properties: { prompt: { type: 'string', description: 'The prompt for the model' } },
      required: ['prompt'],
    },
    async handler({ prompt }, context) {
      const answer = await context.sample({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      return text(`LLM response: ${answer.text}`);
    },
  }),
  defineTool({
    name: 'test_reconnection',
    title: 'Reconnection',
    description: 'Closes its stream before it answers: the client has to come back for the answer (SEP-1699)',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, context) {
      context.closeStream();
      await delay(2 * PAUSE_MS, undefined, { signal: context.signal });
      return text('The client came back for this answer');
    },
  }),
];

function text(words) {
  return { content: [{ type: 'text', text: words }] };
}
