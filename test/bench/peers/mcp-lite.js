// mcp-lite on Hono. It answers with JSON or with SSE, as the client accepts. Arguments: the port, and `sessions` to keep them in memory.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { InMemorySessionAdapter, McpServer, StreamableHttpTransport } from 'mcp-lite';
import { z } from 'zod';
import { calculation, description, inputShape, name, outputShape, title } from '../subjects/calculation.js';

const [port, sessions] = process.argv.slice(2);
const server = new McpServer({ name: 'peer', version: '1.0.0', schemaAdapter: (schema) => z.toJSONSchema(schema) });
server.tool(name, {
  title,
  description,
  inputSchema: z.object(inputShape),
  outputSchema: z.object(outputShape),
  handler: calculation,
});
const transport = new StreamableHttpTransport({
  ...(sessions && { sessionAdapter: new InMemorySessionAdapter({ maxEventBufferSize: 100 }) }),
});
const handle = transport.bind(server);

const app = new Hono();
app.all('/mcp', (context) => handle(context.req.raw));
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' });
