import { defineHost, plainEntry } from './define.js';

export const windsurf = defineHost({
  name: 'windsurf',
  title: 'Windsurf',
  key: 'mcpServers',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.codeium\\windsurf\\mcp_config.json' : '~/.codeium/windsurf/mcp_config.json',
  ],
  entry: (reach, system) => (reach.transport === 'stdio' ? plainEntry(reach, system) : { serverUrl: reach.url }),
  note: ({ transport }) => (transport === 'stdio' ? undefined : 'The address is called "serverUrl" here, not "url".'),
});
