import { commandLine, defineHost, quoted, SERVER_NAME } from './define.js';

const INSPECTOR = 'npx @modelcontextprotocol/inspector';

export const inspector = defineHost({
  name: 'inspector',
  title: 'MCP Inspector',
  key: 'mcpServers',
  paths: () => ['mcp.json'],
  entry: ({ transport, ...rest }) => ({ type: transport === 'http' ? 'streamable-http' : transport, ...rest }),
  install: (reach, system) => {
    const text =
      reach.transport === 'stdio'
        ? `${INSPECTOR} -- ${commandLine(reach, system)}`
        : `${INSPECTOR} --transport ${reach.transport} --server-url ${quoted(reach.url, system)}`;
    return { kind: 'command', text };
  },
  note: () => `The file is for: ${INSPECTOR} --config mcp.json --server ${SERVER_NAME}`,
});
