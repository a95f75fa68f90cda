import { defineTool } from 'mcp-calc';

/** The input schema of a tool without arguments. */
export const NOTHING = { type: 'object', properties: {}, additionalProperties: false };

export const text = (words) => ({ content: [{ type: 'text', text: words }] });

/** A tool that reads only, without arguments unless `more` has a schema for them. */
export function show(name, description, handler, more = {}) {
  const title = name.replaceAll('_', ' ');
  const annotations = { readOnlyHint: true, openWorldHint: false };
  return defineTool({ name, title, description, annotations, inputSchema: NOTHING, handler, ...more });
}
