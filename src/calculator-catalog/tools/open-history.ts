import * as z from 'zod';
import { defineTool, type Tool } from '../../catalog/define.js';
import { ToolError } from '../../catalog/errors.js';

const MINUTE_MS = 60_000;

/** A tool that opens a history, for callers who have neither a session nor a name. `ttlMs` is how long it is kept after its last use. */
export function openHistory(ttlMs: number): Tool {
  return defineTool({
    name: 'open_history',
    title: 'Open a history',
    description: `Opens a history of calculations and answers its historyId: calls that give it are kept there, and history_summary sums them up. It is kept ${lifetime(ttlMs)}. Whoever has the id can read it; a caller who has signed in has a history without one.`,
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    history: 'opens',
    inputSchema: z.object({}),
    outputSchema: z.object({
      historyId: z.string().describe('To be given with each call that belongs to the history'),
    }),
    async handler(_args, { history }) {
      const historyId = await history.open?.();
      if (historyId === undefined) throw new ToolError('This server keeps no histories.');
      return { content: [{ type: 'text', text: `The historyId is ${historyId}` }], structuredContent: { historyId } };
    },
  });
}

function lifetime(ttlMs: number): string {
  if (ttlMs === Infinity) return 'until this server ends';
  const [count, unit] = ttlMs >= MINUTE_MS ? [ttlMs / MINUTE_MS, 'minute'] : [ttlMs / 1_000, 'second'];
  const rounded = Math.round(count * 10) / 10;
  return `for ${rounded} ${unit}${rounded === 1 ? '' : 's'} after its last use`;
}
