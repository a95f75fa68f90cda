import { Client as NewestClient, SSEClientTransport as NewestSse } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewestStdio } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binary } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { LONG, REST_MS } from './duration.js';

/** Its `countdown` reports each step as fast as it can, and answers at once. */
const OWN_SERVER = join(import.meta.dirname, '../../examples/own-server/server.js');
const ROUNDS = LONG ? 10 : 1;
const CALLS = 40;
const STEPS = 2;

let server: SpawnedServer;
beforeAll(async () => {
  server = await spawnServer(['sse', '--server', OWN_SERVER, '--rate-limit', 'off']);
});
afterAll(() => server.stop());

const identity = { name: 'test', version: '1' };
const stdio = () => ({ command: process.execPath, args: [binary, 'stdio', '--server', OWN_SERVER] });
const sse = () => new URL(`${server.origin}/sse`);

/** Makes a call, told of its progress where it wants to be. */
type Call = (name: string, args: Record<string, unknown>, onprogress?: () => void) => Promise<unknown>;

async function connectFirst(transport: StdioClientTransport | SSEClientTransport) {
  const client = new Client(identity);
  await client.connect(transport);
  const call: Call = (name, args, onprogress) =>
    client.callTool({ name, arguments: args }, undefined, onprogress && { onprogress });
  return { call, close: () => client.close() };
}

async function connectNewest(transport: NewestStdio | NewestSse) {
  const client = new NewestClient(identity);
  await client.connect(transport);
  const call: Call = (name, args, onprogress) =>
    client.callTool({ name, arguments: args }, onprogress && { onprogress });
  return { call, close: () => client.close() };
}

describe.each([
  ['version 1 over stdio', () => connectFirst(new StdioClientTransport(stdio()))],
  ['version 1 over legacy SSE', () => connectFirst(new SSEClientTransport(sse()))],
  ['version 2 over stdio', () => connectNewest(new NewestStdio(stdio()))],
  ['version 2 over legacy SSE', () => connectNewest(new NewestSse(sse()))],
])("the SDK's client of %s", (_name, connect) => {
  test(
    'hears of all progress, also of what came right before the answer',
    async () => {
      const { call, close } = await connect();
      try {
        const heard: number[] = [];
        for (let count = 0; count < ROUNDS * CALLS; count += 1) {
          let steps = 0;
          await call('countdown', { from: STEPS }, () => (steps += 1));
          heard.push(steps);
        }
        expect(heard.filter((steps) => steps < STEPS)).toEqual([]);
        expect(heard).toHaveLength(ROUNDS * CALLS);
      } finally {
        await close();
      }
    },
    ROUNDS * 10_000 + REST_MS,
  );

  test('waits for nothing where there was no progress', async () => {
    const { call, close } = await connect();
    try {
      const times: number[] = [];
      for (let count = 0; count < CALLS; count += 1) {
        const started = performance.now();
        await call('convert', { amount: 1, from: 'EUR', to: 'USD' });
        times.push(performance.now() - started);
      }
      // What the answer to a call with progress waits at least.
      expect(Math.min(...times)).toBeLessThan(30);
    } finally {
      await close();
    }
  });
});
