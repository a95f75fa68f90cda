import { commandLine, defineHost, quoted, throughShell } from './define.js';

export const claudeCode = defineHost({
  name: 'claude-code',
  title: 'Claude Code',
  key: 'mcpServers',
  paths: () => ['~/.claude.json', '.mcp.json'],
  entry: (offer) => {
    const { transport, ...rest } = throughShell(offer);
    return { type: transport, ...rest };
  },
  install: (offer) => {
    const { name, system } = offer;
    const way = throughShell(offer);
    const text =
      way.transport === 'stdio'
        ? `claude mcp add ${name} -- ${commandLine(way, system)}`
        : `claude mcp add --transport ${way.transport} ${name} ${quoted(way.url, system)}`;
    return { kind: 'command', text };
  },
});
