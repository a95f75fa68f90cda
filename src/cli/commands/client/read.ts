import type { Command } from 'commander';
import { clientVerb } from './options.js';
import { printContents } from './print-content.js';
import { actConnected } from './connected.js';

export function readCommand(): Command {
  const verb = clientVerb('read', 'read a resource', [
    ['mcp-calc client read calculator://constants', 'of a server that is started for it'],
    ['mcp-calc client read calculator://tables/7 --json', 'with its type; binary content as base64'],
  ]);
  return actConnected(verb, { least: 1, most: 1, usage: '<uri>' }, async ({ connection, extras, flags, operands: [uri = ''], output }) => {
    const { readResource } = await import('../../../client/calls.js');
    const result = await readResource(connection, uri, extras);
    if (flags.json) output.printJson(result);
    else printContents(result.contents, output);
  });
}
