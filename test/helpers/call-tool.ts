import type { ZodType } from 'zod';
import type { CallContext } from '../../src/catalog/context.js';
import type { Tool } from '../../src/catalog/define.js';

/** The parts of a result that most tests look at. */
export interface Called {
  /** The first text block. */
  readonly text: string;
  readonly structured: Record<string, unknown>;
  readonly content: readonly { type: string }[];
}

/**
 * Calls a tool as the protocol does: parses the arguments by its input schema (rejecting with the ZodError) and its
 * structured content by its output schema.
 */
export async function callTool(tool: Tool, args: Record<string, unknown>, context: CallContext): Promise<Called> {
  const parsed = (tool.inputSchema as ZodType).parse(args) as Record<string, unknown>;
  const { content, structuredContent } = await tool.handler(parsed, context);
  const structured = (tool.outputSchema as ZodType).parse(structuredContent) as Record<string, unknown>;
  const [first] = content;
  return { text: first?.type === 'text' ? first.text : '', structured, content };
}
