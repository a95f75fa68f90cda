import type { Command } from 'commander';
import { withExamples } from '../help.js';
import { childOf, withChild } from '../child-command.js';
import { serveCommand } from '../serve-command.js';

export function httpCommand(): Command {
  const command = serveCommand('http', async (config, _flags, self) => {
    const child = await childOf(self, config);
    const { serveHttp } = await import('../../server/http.js');
    const open = (url: URL) => void import('../open-browser.js').then(({ openBrowser }) => openBrowser(url));
    await serveHttp(config, open, child);
  });
  withChild(command);
  command.description('Serves Streamable HTTP at /mcp, with sessions unless told otherwise.');
  return withExamples(command, [
    ['mcp-calc http', 'sessions in memory, http://127.0.0.1:1453/mcp'],
    ['mcp-calc http --stateless', 'no sessions, http://127.0.0.1:1071/mcp'],
    ['mcp-calc http --redis redis://localhost:6379', 'sessions that every node knows'],
    ['mcp-calc http --host 0.0.0.0 --allowed-hosts mcp.example.com --auth jwt …', 'on the open network'],
    ['mcp-calc http --server ./mine.js', 'serve what a module of your own exports'],
    ['mcp-calc http --server ./mine.js --watch', 'and serve it anew whenever you save it'],
    ['mcp-calc http -- npx -y some-server', 'serve any server that speaks over stdio'],
  ]);
}
