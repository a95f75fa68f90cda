// A server written for the MCP SDK, served by mcp-calc: the default export makes a new one for every exchange.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

export default function makeServer() {
  const server = new McpServer({ name: 'sdk-server', version: '1.0.0' });
  server.registerTool('greet', { description: 'Greets somebody', inputSchema: { name: z.string() } }, ({ name }) => ({
    content: [{ type: 'text', text: `Hello, ${name}` }],
  }));
  return server;
}
