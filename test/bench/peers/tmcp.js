// tmcp with its sessions in memory, on node:http. Argument: the port.
import { createServer } from 'node:http';
import { createRequestListener } from '@remix-run/node-fetch-server';
import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod';
import { HttpTransport } from '@tmcp/transport-http';
import { McpServer } from 'tmcp';
import { z } from 'zod';
import { calculation, description, inputShape, name, outputShape, title } from '../subjects/calculation.js';

const server = new McpServer(
  { name: 'peer', version: '1.0.0', description: 'The calculation' },
  { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: {} } },
);
const about = { name, title, description, schema: z.object(inputShape), outputSchema: z.object(outputShape) };
server.tool(about, calculation);
const transport = new HttpTransport(server, { path: '/mcp' });
const listener = createRequestListener(
  async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 }),
);
createServer(listener).listen(Number(process.argv[2]), '127.0.0.1');
