import { freePort, type RedisServer, startRedis } from './redis.js';

/** How long the servers may take to agree, ms. */
const AGREE_MS = 10_000;
const SLOTS = 16_384;

export interface RedisCluster {
  /** The URLs of all servers, separated by commas. */
  readonly url: string;
  readonly servers: readonly RedisServer[];
  stop(): Promise<void>;
}

/** Starts three masters that share the slots between them. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const servers: RedisServer[] = [];
  const busPorts: number[] = [];
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));
  try {
    for (let i = 0; i < 3; i++) {
      const busPort = await freePort();
      const args = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '2000'];
      servers.push(await startRedis({ args }));
      busPorts.push(busPort);
    }
    await Promise.all(
      servers.map(async (server, i) => {
        const [first, last] = [Math.ceil((i * SLOTS) / 3), Math.ceil(((i + 1) * SLOTS) / 3) - 1];
        await server.command('cluster', 'addslotsrange', first, last);
        await server.command('cluster', 'set-config-epoch', i + 1);
      }),
    );
    for (let i = 1; i < servers.length; i++) {
      await servers[0]?.command('cluster', 'meet', '127.0.0.1', servers[i]?.port ?? 0, busPorts[i] ?? 0);
    }
    await Promise.all(servers.map(agreed));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: servers.map(({ url }) => url).join(','), servers, stop };
}

async function agreed(server: RedisServer): Promise<void> {
  const deadline = performance.now() + AGREE_MS;
  while (performance.now() < deadline) {
    const info = String(await server.command('cluster', 'info'));
    if (/cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The Redis cluster does not agree on its slots');
}
