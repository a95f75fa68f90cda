// fastmcp, stateless, JSON answers. Argument: the port.
import { FastMCP } from 'fastmcp';
import { z } from 'zod';
import { calculation, description, inputShape, name, outputShape } from '../subjects/calculation.js';

const server = new FastMCP({ name: 'peer', version: '1.0.0' });
server.addTool({
  name,
  description,
  parameters: z.object(inputShape),
  outputSchema: z.object(outputShape),
  execute: async (args) => calculation(args),
});
await server.start({
  transportType: 'httpStream',
  httpStream: {
    port: Number(process.argv[2]),
    host: '127.0.0.1',
    endpoint: '/mcp',
    stateless: true,
    enableJsonResponse: true,
  },
});
