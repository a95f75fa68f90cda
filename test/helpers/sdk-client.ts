import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { spawnCommand } from './child-server.js';
import { startMcpServer } from './mcp-server.js';
import { startNodes } from './nodes.js';
import { startRedis } from './redis.js';
import { startRoundRobinProxy } from './round-robin-proxy.js';
import { binary } from './run-cli.js';
import type { SpawnedServer } from './spawn-server.js';

export const TRANSPORTS = [
  'stdio',
  'stdio through to Streamable HTTP',
  'legacy SSE',
  'Streamable HTTP stateful',
  'Streamable HTTP stateless',
  'Streamable HTTP to the next of three nodes at every request',
  'Streamable HTTP to a command',
  'Streamable HTTP to a command that all share',
] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export interface Connected {
  readonly client: Client;
  /** Whether the server keeps a session for this client. */
  readonly hasSession: boolean;
  close(): Promise<void>;
}

/** The SDK's own client with a person and a model behind it. */
export function answeringClient(): Client {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {}, sampling: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({
    action: 'accept',
    content: { length: 4, width: 2.5, radius: 1 },
  }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'a-model-of-the-test',
    content: { type: 'text', text: 'the answer of the model' },
  }));
  return client;
}

/** The calculator, or what the arguments name, as a command that is served over HTTP. */
export function serveCommand(flags: readonly string[] = [], args: readonly string[] = []): Promise<SpawnedServer> {
  return spawnCommand(flags, [process.execPath, binary, 'stdio', ...args]);
}

/** A client that is connected to a real server of that transport. */
export async function connectClient(name: TransportName): Promise<Connected> {
  const client = answeringClient();
  if (name === 'stdio through to Streamable HTTP') {
    const server = await startMcpServer();
    const args = [binary, 'stdio', '--url', server.url];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'inherit' }));
    return {
      client,
      hasSession: true,
      async close() {
        await client.close();
        await server.close();
      },
    };
  }
  if (name === 'stdio') {
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [binary, 'stdio'], stderr: 'inherit' }),
    );
    return { client, hasSession: true, close: () => client.close() };
  }
  const stateless = name === 'Streamable HTTP stateless';
  const server = await startServer(name);
  const transport =
    name === 'legacy SSE'
      ? new SSEClientTransport(new URL(`${server.origin}/sse`))
      : new StreamableHTTPClientTransport(new URL(server.url));
  // The SDK's own type of this transport lacks an exactness that this project's settings demand.
  await client.connect(transport as Transport);
  return {
    client,
    hasSession: !stateless,
    async close() {
      await client.close();
      await server.close();
    },
  };
}

async function startServer(name: TransportName): Promise<{ url: string; origin: string; close(): Promise<unknown> }> {
  if (name.includes('three nodes')) return startCluster();
  if (!name.includes('a command'))
    return startMcpServer(name === 'Streamable HTTP stateless' ? { storage: 'none' } : {});
  const { origin, stop } = await serveCommand(name.endsWith('share') ? ['--share'] : []);
  return { url: `${origin}/mcp`, origin, close: () => stop() };
}

/** Three nodes on one Redis, behind a load balancer without sticky sessions. */
async function startCluster(): Promise<{ url: string; origin: string; close(): Promise<void> }> {
  const redis = await startRedis();
  const nodes = await startNodes({ redisUrl: redis.url });
  const proxy = await startRoundRobinProxy({ targets: () => nodes.servers.map(({ origin }) => origin) });
  return {
    url: proxy.url,
    origin: proxy.origin,
    async close() {
      await proxy.close();
      await nodes.close();
      await redis.stop();
    },
  };
}
