// Every feature of the protocol, in both eras: for who writes a client. The README says which tool shows what.
import { defineCatalog } from 'mcp-calc';
import { ICONS } from './media.js';
import { prompts } from './prompts.js';
import { resources, resourceTemplates } from './resources.js';
import { contentTools } from './tools/content.js';
import { errorTools, withheld } from './tools/errors.js';
import { questionTools } from './tools/questions.js';
import { runningTools } from './tools/running.js';
import { schemaTools } from './tools/schemas.js';

export default defineCatalog({
  name: 'everything',
  title: 'Everything',
  version: '1.0.0',
  instructions: 'Shows every feature of the protocol. Nothing here is of any use beside that.',
  websiteUrl: 'https://example.com/everything',
  icons: ICONS,
  tools: [...contentTools, ...schemaTools, ...questionTools, ...runningTools, ...errorTools],
  resources,
  resourceTemplates,
  prompts,
  withheld,
  // Small, so that a client has to turn pages.
  pageSize: 10,
});
