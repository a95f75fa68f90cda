import { commandLine, defineHost, plainEntry, quoted, SERVER_NAME, throughShell } from './define.js';

export const geminiCli = defineHost({
  name: 'gemini-cli',
  title: 'Gemini CLI',
  key: 'mcpServers',
  comments: true,
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.gemini\\settings.json' : '~/.gemini/settings.json',
    '.gemini/settings.json',
  ],
  entry: (reach, system) => (reach.transport === 'http' ? { httpUrl: reach.url } : plainEntry(reach, system)),
  install: (reach, system) => {
    const way = throughShell(reach, system);
    const text =
      way.transport === 'stdio'
        ? `gemini mcp add --scope user ${SERVER_NAME} ${commandLine(way, system)}`
        : `gemini mcp add --scope user --transport ${way.transport} ${SERVER_NAME} ${quoted(way.url, system)}`;
    return { kind: 'command', text };
  },
  note: ({ transport }) => (transport === 'http' ? '"url" would be an address of the older SSE.' : undefined),
});
