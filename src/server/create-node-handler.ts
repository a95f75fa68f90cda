import type { Catalog } from '../catalog/define.js';
import type { NodeHandler, NodeHandlerOptions, NodeRequest } from './node-handler-types.js';

/**
 * Makes a handler that serves a catalog over Streamable HTTP, in both eras of the protocol, inside a server of yours: `node:http`,
 * Express, Fastify, Koa, Next. It answers at whatever path it is mounted. Rejects with a ConfigError that names every wrong option, with
 * a StorageUnreachableError where Redis can't be reached, and with a TypeError for a malformed catalog.
 * @example
 * const tool = defineTool({
 *   name: 'add',
 *   title: 'Add',
 *   description: 'Adds two numbers.',
 *   inputSchema: z.object({ a: z.number(), b: z.number() }),
 *   handler: ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
 * });
 * const mcp = await createNodeHandler(defineCatalog({ name: 'adder', version: '1.0.0', tools: [tool] }), { sessionTtl: '1h' });
 * const server = createServer((req, res) => (req.url === '/mcp' ? mcp(req, res) : res.end('Hello')));
 * server.listen(0, '127.0.0.1');
 * // When it stops:
 * await mcp.drain();
 * server.close();
 * await mcp.close();
 */
export async function createNodeHandler<Req = NodeRequest>(
  catalog: Catalog,
  options: NodeHandlerOptions<Req> = {},
): Promise<NodeHandler> {
  const { openNodeHandler } = await import('./node-handler.js');
  return openNodeHandler(catalog, options);
}
