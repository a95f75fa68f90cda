import { defineHost, quoted, SERVER_NAME } from './define.js';

const INSPECTOR = 'npx @modelcontextprotocol/inspector';

export const inspector = defineHost({
  name: 'inspector',
  title: 'MCP Inspector',
  paths: () => ['mcp.json'],
  snippet: (target) => {
    const server =
      target.transport === 'stdio'
        ? { type: 'stdio', command: target.command, args: target.args }
        : { type: target.transport === 'http' ? 'streamable-http' : 'sse', url: target.url };
    return { mcpServers: { [SERVER_NAME]: server } };
  },
  install: (target, system) => {
    const text =
      target.transport === 'stdio'
        ? [INSPECTOR, '--', target.command, ...target.args.map((arg) => quoted(arg, system))].join(' ')
        : `${INSPECTOR} --transport ${target.transport} --server-url ${quoted(target.url, system)}`;
    return { kind: 'command', text };
  },
  note: () => `The file is for: ${INSPECTOR} --config mcp.json --server ${SERVER_NAME}`,
});
