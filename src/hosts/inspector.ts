import { commandLine, defineHost, quoted } from './define.js';

const INSPECTOR = 'npx @modelcontextprotocol/inspector';

export const inspector = defineHost({
  name: 'inspector',
  title: 'MCP Inspector',
  key: 'mcpServers',
  paths: () => ['mcp.json'],
  entry: ({ reach: { transport, ...rest } }) => ({
    type: transport === 'http' ? 'streamable-http' : transport,
    ...rest,
  }),
  install: ({ reach, system }) => {
    const text =
      reach.transport === 'stdio'
        ? `${INSPECTOR} -- ${commandLine(reach, system)}`
        : `${INSPECTOR} --transport ${reach.transport} --server-url ${quoted(reach.url, system)}`;
    return { kind: 'command', text };
  },
  note: ({ name }) => `The file is for: ${INSPECTOR} --config mcp.json --server ${name}`,
});
