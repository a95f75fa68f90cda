// An MCP App: a tool whose result a host shows as a panel in the chat.
import { readFileSync } from 'node:fs';
import { defineCatalog, defineResource, defineTool, ToolError } from 'mcp-calc';

const PANEL = 'ui://calculator/panel';
const PANEL_TYPE = 'text/html;profile=mcp-app';
// Built by `npm start`; one file that loads nothing.
const panelPage = readFileSync(new URL('dist/panel.html', import.meta.url), 'utf8');

const number = { type: 'number' };
const OPERATIONS = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

const calculator = defineTool({
  name: 'calculator',
  title: 'Calculator',
  description: 'Calculates with two numbers, and shows a calculator with the result, where the host can show it.',
  annotations: { readOnlyHint: true, openWorldHint: false },
  inputSchema: {
    type: 'object',
    properties: { a: number, b: number, op: { type: 'string', enum: Object.keys(OPERATIONS) } },
    required: ['a', 'b', 'op'],
  },
  outputSchema: { type: 'object', properties: { value: number }, required: ['value'] },
  _meta: {
    // The panel may call it as well as the model.
    ui: { resourceUri: PANEL, visibility: ['model', 'app'] },
    // Where hosts looked for it before the specification was final.
    'ui/resourceUri': PANEL,
  },
  handler({ a, b, op }) {
    const value = OPERATIONS[op](a, b);
    if (!Number.isFinite(value)) throw new ToolError('There is no such number.');
    // The text is for the model, and for hosts that show no panel.
    return { content: [{ type: 'text', text: String(value) }], structuredContent: { value } };
  },
});

// What the panel may load: nothing. Hosts read this where they read the page, and in the list before they do.
const _meta = { ui: { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true } };

const panel = defineResource({
  uri: PANEL,
  name: 'calculator-panel',
  title: 'Calculator',
  description: 'The panel of the tool calculator',
  mimeType: PANEL_TYPE,
  changes: false,
  cache: { ttlMs: 3_600_000, scope: 'public' },
  _meta,
  read: (uri) => ({ uri, mimeType: PANEL_TYPE, text: panelPage, _meta }),
});

export default defineCatalog({ name: 'calculator-app', version: '1.0.0', tools: [calculator], resources: [panel] });
