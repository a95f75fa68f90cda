// @hono/mcp with sessions, JSON answers: a map of them, with a live McpServer and transport each. Argument: the port.
import { randomUUID } from 'node:crypto';
import { StreamableHTTPTransport } from '@hono/mcp';
import { serve } from '@hono/node-server';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { Hono } from 'hono';
import { calculation, description, inputShape, name, outputShape, title } from '../subjects/calculation.js';

const transports = new Map();
const app = new Hono();
app.all('/mcp', async (context) => {
  const id = context.req.header('mcp-session-id');
  const transport = id === undefined ? await openSession() : transports.get(id);
  return transport ? transport.handleRequest(context) : context.body(null, 404);
});
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' });

async function openSession() {
  const transport = new StreamableHTTPTransport({
    enableJsonResponse: true,
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  const server = new McpServer({ name: 'peer', version: '1.0.0' });
  const config = { title, description, inputSchema: inputShape, outputSchema: outputShape };
  server.registerTool(name, config, calculation);
  await server.connect(transport);
  return transport;
}
