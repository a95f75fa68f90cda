import { commandLine, defineHost, plainEntry, quoted, SERVER_NAME, throughShell } from './define.js';

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
  install: (reach, system) => {
    const way = throughShell(reach, system);
    const text =
      way.transport === 'stdio'
        ? `codex mcp add ${SERVER_NAME} -- ${commandLine(way, system)}`
        : `codex mcp add ${SERVER_NAME} --url ${quoted(way.url, system)}`;
    return { kind: 'command', text };
  },
  note: ({ transport }) => (transport === 'sse' ? 'Codex knows no SSE: use --transport http.' : undefined),
});
