import * as z from 'zod';
import { defineTool, type Tool } from '../../catalog/define.js';

/** Characters of what the tool repeats. */
const MAX_LENGTH = 10_000;

/** A tool that repeats what it is given, under a name chosen when the server starts (`SAMPLE_TOOL_NAME`). */
export function sampleTool(name: string): Tool {
  return defineTool({
    name,
    title: 'Sample tool',
    description: 'Repeats a value or a message: shows how a server is configured when it starts.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    inputSchema: z
      .object({
        value: z.string().max(MAX_LENGTH).optional().describe('Answered as a test string'),
        message: z.string().max(MAX_LENGTH).optional().describe('Answered as received; not used beside a value'),
      })
      .refine(({ value, message }) => value !== undefined || message !== undefined, 'give "value" or "message"'),
    outputSchema: z.object({ text: z.string().describe('What was answered') }),
    handler({ value, message }) {
      const text = value === undefined ? `Sample tool "${name}" received: ${message}` : `test string print: ${value}`;
      return { content: [{ type: 'text', text }], structuredContent: { text } };
    },
  });
}
