import type { Tool } from '@modelcontextprotocol/client';
import type { Command } from 'commander';
import type { ReadableSchema } from '../../../client/arguments/schema.js';
import { listVerb } from './list-verb.js';

export function toolsCommand(): Command {
  return listVerb<Tool>({
    name: 'tools',
    summary: 'list the tools of a server',
    examples: [
      ['mcp-calc client tools', 'of a server that is started for it'],
      ['mcp-calc client tools --url http://localhost:1453/mcp', 'of a server at an address'],
      ['mcp-calc client tools -- npx -y some-mcp-server', 'of a server over stdio'],
      ['mcp-calc client tools --json | jq .tools[0].inputSchema', 'all that the server says of them'],
    ],
    key: 'tools',
    capability: 'tools',
    columns: [
      { title: 'TOOL', value: ({ name }) => name, fixed: true },
      { title: 'ARGUMENTS', value: argumentsOf },
      {
        title: 'WHAT',
        value: ({ title, annotations, description }) => description ?? title ?? annotations?.title ?? '',
      },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listTools(connection, extras),
  });
}

function argumentsOf({ inputSchema }: Tool): string {
  const { properties = {}, required = [] } = inputSchema as ReadableSchema;
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(' ');
}
