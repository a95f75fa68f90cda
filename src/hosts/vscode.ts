import { defineHost, quoted } from './define.js';
import type { HostSystem, Offer } from './define.js';

const USER_FILES: Record<HostSystem, string> = {
  macos: '~/Library/Application Support/Code/User/mcp.json',
  windows: '%APPDATA%\\Code\\User\\mcp.json',
  linux: '~/.config/Code/User/mcp.json',
};

/** VS Code finds `npx` by itself on Windows, too. */
const entry = ({ reach: { transport, ...rest } }: Offer): Record<string, unknown> => ({ type: transport, ...rest });

export const vscode = defineHost({
  name: 'vscode',
  title: 'VS Code',
  key: 'servers',
  comments: true,
  paths: (system) => [USER_FILES[system], '.vscode/mcp.json'],
  entry,
  install: (offer) => ({
    kind: 'command',
    text: `code --add-mcp ${quoted(JSON.stringify({ name: offer.name, ...entry(offer) }), offer.system)}`,
  }),
  note: () => 'The key is "servers" here, not "mcpServers".',
});
