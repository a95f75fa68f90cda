import { defineHost, quoted, SERVER_NAME } from './define.js';
import type { HostSystem, Reach } from './define.js';

const USER_FILES: Record<HostSystem, string> = {
  macos: '~/Library/Application Support/Code/User/mcp.json',
  windows: '%APPDATA%\\Code\\User\\mcp.json',
  linux: '~/.config/Code/User/mcp.json',
};

/** VS Code finds `npx` by itself on Windows, too. */
const entry = ({ transport, ...rest }: Reach): Record<string, unknown> => ({ type: transport, ...rest });

export const vscode = defineHost({
  name: 'vscode',
  title: 'VS Code',
  key: 'servers',
  comments: true,
  paths: (system) => [USER_FILES[system], '.vscode/mcp.json'],
  entry,
  install: (reach, system) => ({
    kind: 'command',
    text: `code --add-mcp ${quoted(JSON.stringify({ name: SERVER_NAME, ...entry(reach) }), system)}`,
  }),
  note: () => 'The key is "servers" here, not "mcpServers".',
});
