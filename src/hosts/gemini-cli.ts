import { commandLine, defineHost, plainEntry, quoted, throughShell } from './define.js';

export const geminiCli = defineHost({
  name: 'gemini-cli',
  title: 'Gemini CLI',
  key: 'mcpServers',
  comments: true,
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.gemini\\settings.json' : '~/.gemini/settings.json',
    '.gemini/settings.json',
  ],
  entry: (offer) => (offer.reach.transport === 'http' ? { httpUrl: offer.reach.url } : plainEntry(offer)),
  install: (offer) => {
    const { name, system } = offer;
    const way = throughShell(offer);
    const text =
      way.transport === 'stdio'
        ? `gemini mcp add --scope user ${name} ${commandLine(way, system)}`
        : `gemini mcp add --scope user --transport ${way.transport} ${name} ${quoted(way.url, system)}`;
    return { kind: 'command', text };
  },
  note: ({ reach }) => (reach.transport === 'http' ? '"url" would be an address of the older SSE.' : undefined),
});
