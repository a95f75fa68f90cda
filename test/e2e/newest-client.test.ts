import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { startMcpServer } from '../helpers/mcp-server.js';

describe('the newest generation of clients, which negotiates the version', () => {
  test.each(['stateful', 'stateless'] as const)('connects to a %s server by falling back', async (kind) => {
    const server = await startMcpServer(kind === 'stateless' ? { storage: 'none' } : {});
    const client = new Client({ name: 'newest', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    try {
      await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
      const result = await client.callTool({ name: 'calculate', arguments: { a: 6, b: 7, op: 'multiply' } });
      expect(result.structuredContent).toMatchObject({ value: 42 });
    } finally {
      await client.close();
      await server.close();
    }
  });
});
