// What authors write: modules that offer one tool, whose name and answer another file has.

export const tool = (more = '') =>
  `defineTool({ name, title: 'A', description: 'A', inputSchema: { type: 'object' }, ` +
  `handler: async (args, context) => { ${more} return { content: [{ type: 'text', text: word }] }; } })`;
const QUESTION = "{ type: 'object', properties: { sure: { type: 'boolean' } } }";
const surely = (answer: string) =>
  `if ((await ${answer}).content?.sure) return { content: [{ type: 'text', text: word + ', surely' }] };`;
export const ASKING = tool(surely(`context.elicit('Sure?', ${QUESTION})`));
export const CATALOG = (tools: string, more = '') => `import { defineCatalog, defineTool } from 'mcp-calc';
import { name, word } from './words.mjs';
export default defineCatalog({ name: 'mine', tools: [${tools}], ${more} });`;
export const COMMON_JS = `const { defineCatalog, defineTool } = require('mcp-calc');
const { name, word } = require('./words.cjs');
module.exports = defineCatalog({ name: 'mine', tools: [${tool()}] });`;
const SDK = (from: string, schema: string, more = '') => `import { McpServer } from '${from}';
import { z } from 'zod';
import { name, word } from './words.mjs';
export default () => {
  const server = new McpServer({ name: 'mine', version: '1' });
  server.registerTool(name, { description: 'A', inputSchema: ${schema} }, async () => {
    ${more}
    return { content: [{ type: 'text', text: word }] };
  });
  return server;
};`;
const MCP_SERVER = '@modelcontextprotocol/sdk/server/mcp.js';
export const SDK1 = SDK(MCP_SERVER, '{}');
export const SDK1_ASKING = SDK(
  MCP_SERVER,
  '{}',
  surely(`server.server.elicitInput({ message: 'Sure?', requestedSchema: ${QUESTION} })`),
);
export const SDK2 = SDK('@modelcontextprotocol/server', 'z.object({})');
/** A server of the SDK that declares its tools, and does not say that they change. */
export const PLAIN_SDK = `import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { name, word } from './words.mjs';
export default class extends Server {
  constructor() {
    super({ name: 'mine', version: '1' }, { capabilities: { tools: {} } });
    this.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name, inputSchema: { type: 'object' } }] }));
    this.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: 'text', text: word }] }));
  }
}`;
export const words = (name: string, word: string) => `export const name = '${name}';\nexport const word = '${word}';\n`;
export const required = (name: string, word: string) => `exports.name = '${name}';\nexports.word = '${word}';\n`;
