import type { Command } from 'commander';
import { withExamples } from '../help.js';
import { serveCommand } from '../serve-command.js';

export function stdioCommand(): Command {
  const command = serveCommand('stdio', async (config) => {
    const { serveStdio } = await import('../../server/stdio.js');
    await serveStdio(config);
  });
  command.description('Serves one client over stdin and stdout. Opens no port, logs to stderr, ends with stdin.');
  return withExamples(command, [
    ['mcp-calc stdio', 'what a host runs'],
    ['mcp-calc stdio --server ./mine.js', 'serve what a module of your own exports'],
    ['mcp-calc config claude-desktop', 'how to make a host run it'],
  ]);
}
