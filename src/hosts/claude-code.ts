import { defineHost, quoted, SERVER_NAME, throughShell } from './define.js';

export const claudeCode = defineHost({
  name: 'claude-code',
  title: 'Claude Code',
  paths: () => ['~/.claude.json', '.mcp.json'],
  snippet: (target, system) => {
    const entry = throughShell(target, system);
    const server =
      entry.transport === 'stdio'
        ? { type: 'stdio', command: entry.command, args: entry.args }
        : { type: entry.transport, url: entry.url };
    return { mcpServers: { [SERVER_NAME]: server } };
  },
  install: (target, system) => {
    const entry = throughShell(target, system);
    const text =
      entry.transport === 'stdio'
        ? ['claude mcp add', SERVER_NAME, '--', entry.command, ...entry.args.map((arg) => quoted(arg, system))].join(' ')
        : `claude mcp add --transport ${entry.transport} ${SERVER_NAME} ${quoted(entry.url, system)}`;
    return { kind: 'command', text };
  },
});
