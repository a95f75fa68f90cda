import { defineCatalog } from 'mcp-calc';
import { prompts } from './prompts.js';
import { resources, resourceTemplates } from './resources.js';
import { contentTools } from './tools/content.js';
import { conversationTools } from './tools/conversation.js';
import { elicitationTools } from './tools/elicitation.js';
import { inputRequiredTools } from './tools/input-required.js';
import { jsonSchemaTool } from './tools/json-schema.js';
import { statelessTools } from './tools/stateless.js';
import { taskTools } from './tools/tasks.js';

/** The server that the official conformance suite expects to find: names, texts and schemas are the suite's. */
export default defineCatalog({
  name: 'conformance-fixture',
  version: '1.0.0',
  title: 'Conformance fixture',
  instructions: 'A server for the MCP conformance suite. Its tools do nothing useful.',
  tools: [
    ...contentTools,
    ...conversationTools,
    ...elicitationTools,
    ...inputRequiredTools,
    ...statelessTools,
    ...taskTools,
    jsonSchemaTool,
  ],
  resources,
  resourceTemplates,
  prompts,
});
