import { commandLine, defineHost, quoted, SERVER_NAME, throughShell } from './define.js';

export const claudeCode = defineHost({
  name: 'claude-code',
  title: 'Claude Code',
  key: 'mcpServers',
  paths: () => ['~/.claude.json', '.mcp.json'],
  entry: (reach, system) => {
    const { transport, ...rest } = throughShell(reach, system);
    return { type: transport, ...rest };
  },
  install: (reach, system) => {
    const way = throughShell(reach, system);
    const text =
      way.transport === 'stdio'
        ? `claude mcp add ${SERVER_NAME} -- ${commandLine(way, system)}`
        : `claude mcp add --transport ${way.transport} ${SERVER_NAME} ${quoted(way.url, system)}`;
    return { kind: 'command', text };
  },
});
