import { defineHost, throughShell } from './define.js';

export const windsurf = defineHost({
  name: 'windsurf',
  title: 'Windsurf',
  key: 'mcpServers',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.codeium\\windsurf\\mcp_config.json' : '~/.codeium/windsurf/mcp_config.json',
  ],
  entry: (reach, system) => {
    const way = throughShell(reach, system);
    return way.transport === 'stdio' ? { command: way.command, args: way.args } : { serverUrl: way.url };
  },
  note: ({ transport }) => (transport === 'stdio' ? undefined : 'The address is called "serverUrl" here, not "url".'),
});
