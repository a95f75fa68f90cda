import type { Command } from 'commander';
import { withExamples } from '../help.js';
import { childOf, withChild } from '../child-command.js';
import { serveCommand } from '../serve-command.js';

export function sseCommand(): Command {
  const command = serveCommand('sse', async (config, _flags, self) => {
    const child = await childOf(self, config);
    const { serveSse } = await import('../../server/http.js');
    const open = (url: URL) => void import('../open-browser.js').then(({ openBrowser }) => openBrowser(url));
    await serveSse(config, open, child);
  });
  withChild(command);
  command.description('Serves the legacy HTTP+SSE transport (2024-11-05): GET /sse, POST /messages.');
  return withExamples(command, [
    ['mcp-calc sse', 'serve http://127.0.0.1:1923/sse'],
    ['mcp-calc sse --redis', 'let a message reach its stream from any node'],
    ['mcp-calc http --sse', 'serve it beside Streamable HTTP'],
  ]);
}
