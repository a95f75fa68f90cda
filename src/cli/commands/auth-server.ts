import type { Command } from 'commander';
import { withExamples } from '../help.js';
import { serveCommand } from '../serve-command.js';

export function authServerCommand(): Command {
  const command = serveCommand('auth-server', async (config) => {
    const { serveAuthServer } = await import('../../server/auth-server.js');
    await serveAuthServer(config);
  });
  command.description(
    'Runs the demo authorization server by itself, for servers that ask it with --auth introspection.',
  );
  return withExamples(command, [
    ['mcp-calc auth-server', 'serve http://127.0.0.1:3001'],
    [
      'INTROSPECTION_CLIENT_ID=calc INTROSPECTION_CLIENT_SECRET=… mcp-calc auth-server',
      'let only who knows the secret ask about tokens',
    ],
    ['mcp-calc auth-server --redis', 'keep its state where other nodes find it'],
  ]);
}
