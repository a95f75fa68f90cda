import { commandLine, defineHost, plainEntry, quoted, throughShell } from './define.js';

export const codex = defineHost({
  name: 'codex',
  title: 'Codex',
  key: 'mcp_servers',
  format: 'toml',
  paths: (system) => [
    system === 'windows' ? '%USERPROFILE%\\.codex\\config.toml' : '~/.codex/config.toml',
    '.codex/config.toml',
  ],
  entry: plainEntry,
  install: (offer) => {
    const { name, system } = offer;
    const way = throughShell(offer);
    const text =
      way.transport === 'stdio'
        ? `codex mcp add ${name} -- ${commandLine(way, system)}`
        : `codex mcp add ${name} --url ${quoted(way.url, system)}`;
    return { kind: 'command', text };
  },
  note: ({ reach }) => (reach.transport === 'sse' ? 'Codex knows no SSE: use --transport http.' : undefined),
});
