import type { Command } from 'commander';
import { clientVerb } from './options.js';
import { actConnected } from './connected.js';

export function pingCommand(): Command {
  const verb = clientVerb('ping', 'ask a server for a sign of life', [['mcp-calc client ping --url http://localhost:1453/mcp', 'the milliseconds that the answer took']]);
  return actConnected(verb, { most: 0, usage: '' }, async ({ connection, extras, flags, output }) => {
    const { ping } = await import('../../../client/calls.js');
    const ms = Math.round((await ping(connection, extras)) * 10) / 10;
    if (flags.json) output.printJson({ ms });
    else output.print(`${output.colours.green('✓')} answered in ${ms} ms`);
  });
}
