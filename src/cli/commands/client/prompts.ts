import type { Command } from 'commander';
import type { Prompt } from '../../../client/protocol-types.js';
import { listVerb } from './list-verb.js';

export function promptsCommand(): Command {
  return listVerb<Prompt>({
    name: 'prompts',
    summary: 'list the prompts of a server',
    examples: [['mcp-calc client prompts --url http://localhost:1453/mcp', 'of a server at an address']],
    key: 'prompts',
    columns: [
      { title: 'PROMPT', value: ({ name }) => name, fixed: true },
      { title: 'ARGUMENTS', value: ({ arguments: all = [] }) => all.map(({ name, required }) => (required ? name : `${name}?`)).join(' ') },
      { title: 'WHAT', value: ({ title, description }) => description ?? title ?? '' },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listPrompts(connection, extras),
  });
}
