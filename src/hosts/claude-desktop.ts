import { defineHost, SERVER_NAME, throughShell } from './define.js';
import type { HostSystem, Target } from './define.js';

const FILES: Record<HostSystem, string> = {
  macos: '~/Library/Application Support/Claude/claude_desktop_config.json',
  windows: '%APPDATA%\\Claude\\claude_desktop_config.json',
  linux: '~/.config/Claude/claude_desktop_config.json',
};

/** The file knows only programs to start: mcp-remote stands between it and an address. */
function started(target: Target): Target {
  if (target.transport === 'stdio') return target;
  const only = target.transport === 'sse' ? 'sse-only' : 'http-only';
  return { transport: 'stdio', command: 'npx', args: ['-y', 'mcp-remote', target.url, '--transport', only] };
}

export const claudeDesktop = defineHost({
  name: 'claude-desktop',
  title: 'Claude Desktop',
  paths: (system) => [FILES[system]],
  snippet: (target, system) => {
    const entry = throughShell(started(target), system);
    return { mcpServers: { [SERVER_NAME]: entry.transport === 'stdio' ? { command: entry.command, args: entry.args } : {} } };
  },
  note: ({ transport }) =>
    transport === 'stdio'
      ? 'Restart Claude Desktop afterwards (Settings → Developer → Edit Config opens the file).'
      : 'Claude Desktop starts servers and takes no address in this file, so mcp-remote stands between. A public https address can be added as a connector instead (Settings → Connectors).',
});
