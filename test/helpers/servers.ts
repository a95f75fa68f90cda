import { afterAll, afterEach } from 'vitest';
import type { McpServer, McpServerOptions } from './mcp-server.js';
import { startMcpServer } from './mcp-server.js';
import type { SpawnedServer } from './spawn-server.js';
import { spawnServer } from './spawn-server.js';

/** As {@link spawnServer}; what it starts ends with the test. */
export function spawnsPerTest(): typeof spawnServer {
  const running: SpawnedServer[] = [];
  afterEach(async () => void (await Promise.all(running.splice(0).map((server) => server.stop()))));
  return async (...given) => {
    const server = await spawnServer(...given);
    running.push(server);
    return server;
  };
}

/** As {@link startMcpServer}, with what all servers have in common; what it opens closes when the tests around are over. */
export function opensServers(common: McpServerOptions): (options?: McpServerOptions) => Promise<McpServer> {
  const servers: McpServer[] = [];
  afterAll(async () => void (await Promise.all(servers.map((server) => server.close()))));
  return async (options = {}) => {
    const server = await startMcpServer({ ...common, ...options });
    servers.push(server);
    return server;
  };
}
