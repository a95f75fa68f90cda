import { freePort, type RedisServer, startRedis } from './redis.js';

/** How long the servers may take to agree, ms. */
const AGREE_MS = 15_000;
const SLOTS = 16_384;
const MASTERS = 3;

export interface RedisCluster {
  /** The URLs of all masters of the beginning, separated by commas. */
  readonly url: string;
  /** The masters of the beginning, and after them the replica of each, where they have one. */
  readonly servers: readonly RedisServer[];
  stop(): Promise<void>;
}

/** Starts three masters that share the slots between them, each with a replica where they are wanted. */
export async function startRedisCluster({ replicas = false } = {}): Promise<RedisCluster> {
  const servers: RedisServer[] = [];
  const busPorts: number[] = [];
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));
  try {
    for (let i = 0; i < (replicas ? 2 * MASTERS : MASTERS); i++) {
      const busPort = await freePort();
      const args = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '2000'];
      servers.push(await startRedis({ args: [...args, '--repl-diskless-sync-delay', '0'] }));
      busPorts.push(busPort);
    }
    await Promise.all(
      servers.slice(0, MASTERS).map(async (server, i) => {
        const [first, last] = [Math.ceil((i * SLOTS) / MASTERS), Math.ceil(((i + 1) * SLOTS) / MASTERS) - 1];
        await server.command('cluster', 'addslotsrange', first, last);
        await server.command('cluster', 'set-config-epoch', i + 1);
      }),
    );
    for (let i = 1; i < servers.length; i++) {
      await servers[0]?.command('cluster', 'meet', '127.0.0.1', servers[i]?.port ?? 0, busPorts[i] ?? 0);
    }
    await Promise.all(servers.map((server) => agreed(server, servers.length)));
    for (const [i, replica] of servers.slice(MASTERS).entries()) {
      await replica.command('cluster', 'replicate', String(await servers[i]?.command('cluster', 'myid')));
    }
    await Promise.all(servers.slice(MASTERS).map(follows));
  } catch (error) {
    await stop();
    throw error;
  }
  const url = servers
    .slice(0, MASTERS)
    .map((server) => server.url)
    .join(',');
  return { url, servers, stop };
}

const agreed = (server: RedisServer, count: number) =>
  says(server, ['cluster', 'info'], new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${count}`));
const follows = (server: RedisServer) => says(server, ['info', 'replication'], /master_link_status:up/);

async function says(server: RedisServer, [name, argument]: [string, string], pattern: RegExp): Promise<void> {
  const deadline = performance.now() + AGREE_MS;
  while (performance.now() < deadline) {
    if (pattern.test(String(await server.command(name, argument)))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The Redis cluster does not come to say ${pattern}`);
}
