// The SDK's second generation: its handler, which makes a server for each request, in both eras. Argument: the port.
import { createServer } from 'node:http';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { createRequestListener } from '@remix-run/node-fetch-server';
import { z } from 'zod';
import { calculation, description, inputShape, name, outputShape, title } from '../subjects/calculation.js';

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'peer', version: '1.0.0' });
  const config = { title, description, inputSchema: z.object(inputShape), outputSchema: z.object(outputShape) };
  server.registerTool(name, config, calculation);
  return server;
});
createServer(createRequestListener((request) => handler.fetch(request))).listen(Number(process.argv[2]), '127.0.0.1');
