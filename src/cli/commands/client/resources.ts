import type { Resource, ResourceTemplateType } from '@modelcontextprotocol/client';
import type { Command } from 'commander';
import { actConnected } from './connected.js';
import { listVerb } from './list-verb.js';
import { printContents } from './print-content.js';
import { clientVerb } from './verb.js';

export function resourcesCommand(): Command {
  return listVerb<Resource>({
    name: 'resources',
    summary: 'list the resources of a server',
    examples: [['mcp-calc client resources --url http://localhost:1453/mcp', 'of a server at an address']],
    key: 'resources',
    capability: 'resources',
    columns: [
      { title: 'RESOURCE', value: ({ uri }) => uri, fixed: true },
      { title: 'TYPE', value: ({ mimeType }) => mimeType ?? '' },
      { title: 'WHAT', value: ({ name, title, description }) => description ?? title ?? name },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listResources(connection, extras),
  });
}

export function templatesCommand(): Command {
  return listVerb<ResourceTemplateType>({
    name: 'templates',
    summary: 'list the resource templates of a server',
    examples: [['mcp-calc client templates --url http://localhost:1453/mcp', 'of a server at an address']],
    key: 'resourceTemplates',
    capability: 'resources',
    columns: [
      { title: 'TEMPLATE', value: ({ uriTemplate }) => uriTemplate, fixed: true },
      { title: 'TYPE', value: ({ mimeType }) => mimeType ?? '' },
      { title: 'WHAT', value: ({ name, title, description }) => description ?? title ?? name },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listTemplates(connection, extras),
  });
}

export function readCommand(): Command {
  const verb = clientVerb('read', 'read a resource', [
    ['mcp-calc client read calculator://constants', 'of a server that is started for it'],
    ['mcp-calc client read calculator://tables/7 --json', 'with its type; binary content as base64'],
  ]);
  return actConnected(
    verb,
    { least: 1, most: 1, usage: '<uri>' },
    async ({ connection, extras, flags, operands: [uri = ''], output }) => {
      const { readResource } = await import('../../../client/calls.js');
      const result = await readResource(connection, uri, extras);
      if (flags.json) output.printJson(result);
      else printContents(result.contents, output);
    },
  );
}
