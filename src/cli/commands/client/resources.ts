import type { Command } from 'commander';
import type { Resource } from '../../../client/protocol-types.js';
import { listVerb } from './list-verb.js';

export function resourcesCommand(): Command {
  return listVerb<Resource>({
    name: 'resources',
    summary: 'list the resources of a server',
    examples: [['mcp-calc client resources --url http://localhost:1453/mcp', 'of a server at an address']],
    key: 'resources',
    columns: [
      { title: 'RESOURCE', value: ({ uri }) => uri, fixed: true },
      { title: 'TYPE', value: ({ mimeType }) => mimeType ?? '' },
      { title: 'WHAT', value: ({ name, title, description }) => description ?? title ?? name },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listResources(connection, extras),
  });
}
