import type { Command } from 'commander';
import { clientVerb } from './options.js';
import { actConnected } from './connected.js';

export function watchCommand(): Command {
  const verb = clientVerb('watch', 'subscribe to resources, and print what the server sends until Ctrl-C', [
    ['mcp-calc client watch calculator://history --url http://localhost:1453/mcp', 'each change of a resource'],
    ['mcp-calc client watch --level debug --url http://localhost:1453/mcp', 'lists that change, and log messages'],
    ['mcp-calc client watch --read calculator://history --url …', 'the new content after each change'],
  ])
    .option('--level <level>', 'the least severe log messages to ask for')
    .option('--read', 'read a resource again when it has changed');
  return actConnected(verb, { most: 100, usage: '[uri…]' }, async (run) => (await import('./watching.js')).watch(run));
}
