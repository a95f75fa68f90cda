import { defineCatalog } from 'mcp-calc';
import { prompts } from './prompts.js';
import { resources, resourceTemplates } from './resources.js';
import { contentTools } from './tools/content.js';
import { conversationTools } from './tools/conversation.js';
import { elicitationTools } from './tools/elicitation.js';
import { jsonSchemaTool } from './tools/json-schema.js';

/** The server that the official conformance suite expects to find: names, texts and schemas are the suite's. */
export default defineCatalog({
  name: 'conformance-fixture',
  version: '1.0.0',
  title: 'Conformance fixture',
  instructions: 'A server for the MCP conformance suite. Its tools do nothing useful.',
  tools: [...contentTools, ...conversationTools, ...elicitationTools, jsonSchemaTool],
  resources,
  resourceTemplates,
  prompts,
});
