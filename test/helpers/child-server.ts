import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterEach } from 'vitest';
import type { SpawnedServer } from './spawn-server.js';
import { spawnServer } from './spawn-server.js';

/** A server without packages that makes the trouble it is asked for. */
export const CHILD = join(import.meta.dirname, '../fixtures/child.js');

/** `mcp-calc http … -- node child.js …`. */
export function serveChild(flags: readonly string[] = [], modes: readonly string[] = []): Promise<SpawnedServer> {
  return spawnCommand(flags, [process.execPath, CHILD, ...modes]);
}

export function spawnCommand(flags: readonly string[], command: readonly string[]): Promise<SpawnedServer> {
  return spawnServer(['http', ...flags, '--', ...command]);
}

/** What a file of tests opens, which is closed after each of them. */
export function opensChildren(): {
  serve: (flags?: readonly string[], modes?: readonly string[]) => Promise<SpawnedServer>;
  connect: (server: SpawnedServer) => Promise<Client>;
} {
  const servers: SpawnedServer[] = [];
  const clients: Client[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  return {
    async serve(flags = [], modes = []) {
      const server = await serveChild(flags, modes);
      servers.push(server);
      return server;
    },
    async connect({ origin }) {
      const client = await connectTo(origin);
      clients.push(client);
      return client;
    },
  };
}

/** The SDK's client with a person, a model and a folder behind it. */
export async function connectTo(origin: string, path = '/mcp'): Promise<Client> {
  const capabilities = { elicitation: {}, sampling: {}, roots: { listChanged: true } };
  const client = new Client({ name: 'test', version: '1' }, { capabilities });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'm',
    content: { type: 'text', text: 'from the model' },
  }));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///x', name: 'x' }] }));
  await client.connect(new StreamableHTTPClientTransport(new URL(origin + path)) as Transport);
  return client;
}

/** The text that a tool answers. */
export async function say(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const { content } = (await client.callTool({ name, arguments: args })) as CallToolResult;
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}
