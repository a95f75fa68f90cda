// The usual pattern with sessions: Express, and a map with a live McpServer and transport of the SDK for each of them.
// Arguments: the port, the catalog's module.
import { randomUUID } from 'node:crypto';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import { createMcpServer } from './mcp-server.js';

const [port, module] = process.argv.slice(2);
const { default: catalog } = await import(module);
const transports = new Map();

const app = express();
app.use(express.json());
app.all('/mcp', async (req, res) => {
  const id = req.headers['mcp-session-id'];
  const transport = id === undefined ? await openSession() : transports.get(id);
  if (!transport) return void res.status(404).end();
  await transport.handleRequest(req, res, req.body);
});
app.listen(Number(port), '127.0.0.1');

async function openSession() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  transport.onclose = () => transports.delete(transport.sessionId);
  await createMcpServer(catalog, []).connect(transport);
  return transport;
}
