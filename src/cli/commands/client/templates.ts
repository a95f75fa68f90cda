import type { Command } from 'commander';
import type { ResourceTemplate } from '../../../client/protocol-types.js';
import { listVerb } from './list-verb.js';

export function templatesCommand(): Command {
  return listVerb<ResourceTemplate>({
    name: 'templates',
    summary: 'list the resource templates of a server',
    examples: [['mcp-calc client templates --url http://localhost:1453/mcp', 'of a server at an address']],
    key: 'resourceTemplates',
    columns: [
      { title: 'TEMPLATE', value: ({ uriTemplate }) => uriTemplate, fixed: true },
      { title: 'TYPE', value: ({ mimeType }) => mimeType ?? '' },
      { title: 'WHAT', value: ({ name, title, description }) => description ?? title ?? name },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listTemplates(connection, extras),
  });
}
