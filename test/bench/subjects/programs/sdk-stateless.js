// The usual pattern without sessions: Express, and for each request a new McpServer and a new transport of the SDK.
// Arguments: the port, the catalog's module.
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import { createMcpServer } from './mcp-server.js';

const [port, module] = process.argv.slice(2);
const { default: catalog } = await import(module);

const app = express();
app.use(express.json());
app.post('/mcp', async (req, res) => {
  const server = createMcpServer(catalog);
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  res.on('close', () => {
    void transport.close();
    void server.close();
  });
  await server.connect(transport);
  await transport.handleRequest(req, res, req.body);
});
app.listen(Number(port), '127.0.0.1');
