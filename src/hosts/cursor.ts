import { defineHost, SERVER_NAME, throughShell } from './define.js';
import type { HostSystem, Target } from './define.js';

function server(target: Target, system: HostSystem): Record<string, unknown> {
  const entry = throughShell(target, system);
  return entry.transport === 'stdio' ? { command: entry.command, args: entry.args } : { url: entry.url };
}

export const cursor = defineHost({
  name: 'cursor',
  title: 'Cursor',
  paths: (system) => [system === 'windows' ? '%USERPROFILE%\\.cursor\\mcp.json' : '~/.cursor/mcp.json', '.cursor/mcp.json'],
  snippet: (target, system) => ({ mcpServers: { [SERVER_NAME]: server(target, system) } }),
  install: (target, system) => {
    const config = Buffer.from(JSON.stringify(server(target, system))).toString('base64');
    const link = `cursor://anysphere.cursor-deeplink/mcp/install?name=${SERVER_NAME}&config=${encodeURIComponent(config)}`;
    return { kind: 'link', text: link };
  },
});
