import { defineHost, plainEntry, SERVER_NAME } from './define.js';

export const cursor = defineHost({
  name: 'cursor',
  title: 'Cursor',
  key: 'mcpServers',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.cursor\\mcp.json' : '~/.cursor/mcp.json',
    '.cursor/mcp.json',
  ],
  entry: plainEntry,
  install: (reach, system) => {
    const config = Buffer.from(JSON.stringify(plainEntry(reach, system))).toString('base64');
    const link = `cursor://anysphere.cursor-deeplink/mcp/install?name=${SERVER_NAME}&config=${encodeURIComponent(config)}`;
    return { kind: 'link', text: link };
  },
});
