import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Catalog } from '../catalog/define.js';
import { createNodeHandler } from '../server/create-node-handler.js';
import type { NodeHandlerOptions } from '../server/node-handler-types.js';

/** A server that listens, for a test. */
export interface TestServer {
  /** Where it serves MCP, on this machine alone: `http://127.0.0.1:49152/mcp`. */
  readonly url: string;
  /** Ends what still runs, and the server. */
  close(): Promise<void>;
}

/**
 * Serves a catalog on a free port, over Streamable HTTP in both eras, as the real server does. Rejects as `createNodeHandler` does.
 * @example
 * const server = await startServer(catalog);
 * const answer = await fetch(server.url, {
 *   method: 'POST',
 *   headers: { 'Content-Type': 'application/json' },
 *   body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } }),
 * });
 * assert.equal(answer.status, 200);
 * await server.close();
 */
export async function startServer(catalog: Catalog, options: NodeHandlerOptions = {}): Promise<TestServer> {
  const mcp = await createNodeHandler(catalog, options);
  const server = createServer((req, res) => void mcp(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      await mcp.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
