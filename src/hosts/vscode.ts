import { defineHost, quoted, SERVER_NAME } from './define.js';
import type { HostSystem, Target } from './define.js';

const USER_FILES: Record<HostSystem, string> = {
  macos: '~/Library/Application Support/Code/User/mcp.json',
  windows: '%APPDATA%\\Code\\User\\mcp.json',
  linux: '~/.config/Code/User/mcp.json',
};

/** VS Code finds `npx` by itself on Windows, too. */
function server(target: Target): Record<string, unknown> {
  if (target.transport === 'stdio') return { type: 'stdio', command: target.command, args: target.args };
  return { type: target.transport, url: target.url };
}

export const vscode = defineHost({
  name: 'vscode',
  title: 'VS Code',
  paths: (system) => [USER_FILES[system], '.vscode/mcp.json'],
  snippet: (target) => ({ servers: { [SERVER_NAME]: server(target) } }),
  install: (target, system) => {
    const entry = JSON.stringify({ name: SERVER_NAME, ...server(target) });
    return { kind: 'command', text: `code --add-mcp ${quoted(entry, system)}` };
  },
  note: () => 'The key is "servers" here, not "mcpServers".',
});
