import { Command } from 'commander';
import { withExamples } from '../help.js';
import { callCommand } from './client/call.js';
import { completeCommand } from './client/complete.js';
import { flowCommand } from './client/flow.js';
import { infoCommand, pingCommand } from './client/info.js';
import { loadCommand } from './client/load.js';
import { loginCommand, logoutCommand } from './client/login.js';
import { promptCommand, promptsCommand } from './client/prompts.js';
import { readCommand, resourcesCommand, templatesCommand } from './client/resources.js';
import { shellCommand } from './client/shell.js';
import { smokeCommand } from './client/smoke.js';
import { toolsCommand } from './client/tools.js';
import { watchCommand } from './client/watch.js';

/** The test client, for any MCP server. */
export function clientCommand(): Command {
  const client = new Command('client').description(
    'A test client for any MCP server: at --url, over stdio after --, by its name in a configuration file, or one that it starts itself.',
  );
  const verbs = [
    toolsCommand(),
    callCommand(),
    resourcesCommand(),
    templatesCommand(),
    readCommand(),
    promptsCommand(),
    promptCommand(),
    completeCommand(),
    pingCommand(),
    infoCommand(),
    watchCommand(),
    smokeCommand(),
    loadCommand(),
    shellCommand(),
    flowCommand(),
    loginCommand(),
    logoutCommand(),
  ];
  for (const verb of verbs) client.addCommand(verb);
  return withExamples(client, [
    ['mcp-calc client tools', 'what a server offers, here one of its own'],
    ['mcp-calc client call calculate a=100 b=50 op=add', 'call a tool'],
    ['mcp-calc client tools --url http://localhost:1453/mcp', 'a server at an address'],
    ['mcp-calc client tools -- npx -y some-mcp-server', 'a server over stdio'],
    ['mcp-calc client smoke --url http://localhost:1453/mcp', 'try everything it offers; an exit code for CI'],
  ]);
}
