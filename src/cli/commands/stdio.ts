import { Option } from 'commander';
import type { Command } from 'commander';
import { withExamples } from '../help.js';
import { serveCommand } from '../serve-command.js';
import type { RelayFlags } from './client/relay-to.js';
import { SIGN_IN_OPTIONS, collect, optionOf } from './client/sign-in-options.js';

const RELAY = 'A server elsewhere, in place of one of ours:';

export function stdioCommand(): Command {
  const command = serveCommand('stdio', async (config, flags) => {
    if (flags.url !== undefined) {
      const { relayTo } = await import('./client/relay-to.js');
      return relayTo(flags as RelayFlags);
    }
    const { serveStdio } = await import('../../server/stdio.js');
    await serveStdio(config);
  });
  command.description('Serves one client over stdin and stdout. Opens no port, logs to stderr, ends with stdin.');
  command
    .addOption(new Option('--url <url>', 'pass every message on to the server at this address').helpGroup(RELAY))
    .addOption(new Option('--transport <name>', 'auto, http or sse').choices(['auto', 'http', 'sse']).helpGroup(RELAY))
    .addOption(
      new Option('--header <line>', 'a header for every request, such as "X-Tenant: a"; repeatable')
        .argParser(collect)
        .helpGroup(RELAY),
    );
  for (const [, ...row] of SIGN_IN_OPTIONS) command.addOption(optionOf(['Signing in at that server', ...row]));
  return withExamples(command, [
    ['mcp-calc stdio', 'what a host runs'],
    ['mcp-calc stdio --server ./mine.js', 'serve what a module of your own exports'],
    ['mcp-calc stdio --url https://mcp.example.com/mcp', 'a server elsewhere, for a host that only starts programs'],
    ['mcp-calc config claude-desktop', 'how to make a host run it'],
  ]);
}
