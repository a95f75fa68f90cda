import type { Command } from 'commander';
import { asCliError, clientVerb } from './verb.js';

export function shellCommand(): Command {
  const verb = clientVerb('shell', 'keep one connection, and type verbs at a prompt', [
    ['mcp-calc client shell --url http://localhost:1453/mcp', 'Tab completes names, arguments and values'],
    ['mcp-calc client shell -- npx -y some-mcp-server', 'a server over stdio, kept running'],
    ['mcp-calc client shell < lines.txt', 'a script: a line a verb; what fails shows in the exit code'],
  ]);
  return verb
    .usage('[options] [-- command…]')
    .allowExcessArguments(true)
    .action(async () => {
      const { runShell } = await import('./shell/run-shell.js');
      await runShell(verb).catch((error: unknown) => Promise.reject(asCliError(error)));
    });
}
