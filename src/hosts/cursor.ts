import { defineHost, plainEntry } from './define.js';

export const cursor = defineHost({
  name: 'cursor',
  title: 'Cursor',
  key: 'mcpServers',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.cursor\\mcp.json' : '~/.cursor/mcp.json',
    '.cursor/mcp.json',
  ],
  entry: plainEntry,
  install: (offer) => {
    const config = Buffer.from(JSON.stringify(plainEntry(offer))).toString('base64');
    const link = `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(offer.name)}&config=${encodeURIComponent(config)}`;
    return { kind: 'link', text: link };
  },
});
