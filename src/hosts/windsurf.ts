import { defineHost, plainEntry } from './define.js';

export const windsurf = defineHost({
  name: 'windsurf',
  title: 'Windsurf',
  key: 'mcpServers',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.codeium\\windsurf\\mcp_config.json' : '~/.codeium/windsurf/mcp_config.json',
  ],
  entry: (offer) => (offer.reach.transport === 'stdio' ? plainEntry(offer) : { serverUrl: offer.reach.url }),
  note: ({ reach }) => (reach.transport === 'stdio' ? undefined : 'The address is called "serverUrl" here, not "url".'),
});
