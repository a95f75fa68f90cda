import { defineHost, plainEntry } from './define.js';
import type { HostSystem, Offer, Reach } from './define.js';

const FILES: Record<HostSystem, string> = {
  macos: '~/Library/Application Support/Claude/claude_desktop_config.json',
  windows: '%APPDATA%\\Claude\\claude_desktop_config.json',
  linux: '~/.config/Claude/claude_desktop_config.json',
};

/** The file knows only programs to start: `stdio --url` stands between it and an address. */
function started({ reach, self }: Offer): Reach {
  if (reach.transport === 'stdio') return reach;
  const args = [...self.args, 'stdio', '--url', reach.url, '--transport', reach.transport];
  return { transport: 'stdio', command: self.command, args };
}

export const claudeDesktop = defineHost({
  name: 'claude-desktop',
  title: 'Claude Desktop',
  key: 'mcpServers',
  paths: (system) => [FILES[system]],
  entry: (offer) => plainEntry({ ...offer, reach: started(offer) }),
  note: ({ reach }) =>
    reach.transport === 'stdio'
      ? 'Restart Claude Desktop afterwards (Settings → Developer → Edit Config opens the file).'
      : 'Claude Desktop starts servers and takes no address in this file, so mcp-calc stands between. A public https address can be added as a connector instead (Settings → Connectors).',
});
