import { defineHost, SERVER_NAME, throughShell } from './define.js';
import type { HostSystem, Reach } from './define.js';

function entry(reach: Reach, system: HostSystem): Record<string, unknown> {
  const { transport: _, ...rest } = throughShell(reach, system);
  return rest;
}

export const cursor = defineHost({
  name: 'cursor',
  title: 'Cursor',
  key: 'mcpServers',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.cursor\\mcp.json' : '~/.cursor/mcp.json',
    '.cursor/mcp.json',
  ],
  entry,
  install: (reach, system) => {
    const config = Buffer.from(JSON.stringify(entry(reach, system))).toString('base64');
    const link = `cursor://anysphere.cursor-deeplink/mcp/install?name=${SERVER_NAME}&config=${encodeURIComponent(config)}`;
    return { kind: 'link', text: link };
  },
});
