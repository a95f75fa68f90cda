import { defineTool } from 'mcp-calc';
import { NO_ARGUMENTS } from './no-arguments.js';

const text = (words) => ({ content: [{ type: 'text', text: words }] });

/** Tools for what every request of the modern era has to say by itself. */
export const statelessTools = [
  defineTool({
    name: 'test_missing_capability',
    title: 'Missing capability',
    description: 'Can not do without a model: who has none is refused',
    inputSchema: NO_ARGUMENTS,
    asks: ['sampling'],
    handler: () => text('The client has a model'),
  }),
  defineTool({
    name: 'test_streaming_elicitation',
    title: 'Streaming elicitation',
    description: 'Reports progress, then asks',
    inputSchema: NO_ARGUMENTS,
    asks: ['elicitation'],
    async handler(_args, context) {
      if (context.wantsProgress) await context.progress(1, 2);
      const properties = { ok: { type: 'boolean' } };
      await context.elicit('Shall it go on?', { type: 'object', properties }, { key: 'go_on' });
      return text('It went on');
    },
  }),
  defineTool({
    name: 'test_logging_tool',
    title: 'Logging on demand',
    description: 'Logs a line, which only those get who asked for it',
    inputSchema: NO_ARGUMENTS,
    async handler(_args, context) {
      await context.log('info', 'Called');
      return text('Logged, for who wants it');
    },
  }),
  defineTool({
    name: 'test_x_mcp_header',
    title: 'Custom headers',
    description: 'Has arguments that clients repeat as headers',
    inputSchema: {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        count: { type: 'integer', 'x-mcp-header': 'Count' },
      },
    },
    handler: ({ region, count }) => text(`${region}: ${count}`),
  }),
];
