import { openRedisStorage } from '../../src/sessions/redis/index.js';
import type { McpServer, McpServerOptions } from './mcp-server.js';
import { startMcpServer } from './mcp-server.js';
import type { SpawnedServer } from './spawn-server.js';
import { spawnServer } from './spawn-server.js';

/** What nodes of one server have in common. */
export interface NodesOptions extends Omit<McpServerOptions, 'storage'> {
  readonly redisUrl: string;
  readonly count?: number;
}

export interface Nodes {
  readonly servers: readonly McpServer[];
  close(): Promise<void>;
}

/** Nodes of one server in this process: each has connections of its own to the one Redis, and nothing else is shared. */
export async function startNodes({
  redisUrl: url,
  count = 3,
  ttlMs = 60_000,
  maxSessions = 100_000,
  ...options
}: NodesOptions): Promise<Nodes> {
  const storages = await Promise.all(
    Array.from({ length: count }, () => openRedisStorage({ url, ttlMs, historyLimit: 50, maxSessions })),
  );
  const servers = await Promise.all(storages.map((storage) => startMcpServer({ ...options, ttlMs, storage })));
  return {
    servers,
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all(storages.map((storage) => storage.close()));
    },
  };
}

export interface SpawnedNodes {
  /** The nodes that run now; `replace` puts another in a place. */
  readonly nodes: readonly SpawnedServer[];
  /** Where they listen, of those that are up. */
  origins(): string[];
  /** Ends the node in a place with a signal, and starts another there as soon as it is gone. Resolves to its exit code. */
  replace(index: number, signal: NodeJS.Signals): Promise<number | null>;
  stop(): Promise<void>;
}

/** Nodes of one server as processes of their own, on one Redis. */
export async function spawnNodes(redisUrl: string, args: readonly string[] = [], count = 3): Promise<SpawnedNodes> {
  const spawn = () => spawnServer(['http', '--stateful', '--redis', redisUrl, ...args], { LOG_LEVEL: 'info' });
  const nodes = await Promise.all(Array.from({ length: count }, spawn));
  return {
    nodes,
    origins: () =>
      nodes.filter(({ child }) => child.exitCode === null && child.signalCode === null).map(({ origin }) => origin),
    async replace(index, signal) {
      const code = await (nodes[index] as SpawnedServer).stop(signal);
      nodes[index] = await spawn();
      return code;
    },
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop('SIGKILL')))),
  };
}
