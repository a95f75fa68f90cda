import { Client as NewestClient, StreamableHTTPClientTransport as NewestHttp } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { freePort, startRedis } from '../helpers/redis.js';
import { callOf, openSession, post } from '../helpers/rpc.js';
import { spawnServer } from '../helpers/spawn-server.js';

const HISTORY = 'calculator://history';
const identity = { name: 'test', version: '1' };

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** Listens to the history: what it hears, how to change it, and how to leave. */
async function listenFirst(url: string, heard: () => void) {
  const client = new Client(identity);
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, heard);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
  await client.subscribeResource({ uri: HISTORY });
  return client;
}

async function listenNewest(url: string, heard: () => void) {
  const client = new NewestClient(identity);
  client.setNotificationHandler('notifications/resources/updated', heard);
  await client.connect(new NewestHttp(new URL(url)));
  await client.subscribeResource({ uri: HISTORY });
  return client;
}

test.each([
  ['1', listenFirst],
  ['2', listenNewest],
] as const)(
  "the stream of the SDK's client of version %s comes back to the only node, restarted while a call of 3 s ran",
  async (_version, listen) => {
    const args = ['http', '--stateful', '--redis', redis.url, '--port', String(await freePort())];
    let node = await spawnServer(args);
    const url = `${node.origin}/mcp`;
    let updates = 0;
    const client = await listen(url, () => (updates += 1));
    try {
      const calculate = () => client.callTool({ name: 'calculate', arguments: { a: 1, b: 1, op: 'add' } });
      await calculate();
      await eventually(() => expect(updates).toBe(1));
      const running = new EventReader(
        await post(url, callOf('demo_progress', { steps: 15 }, 'long'), await openSession(url)),
      );
      await running.next();
      expect(await node.stop()).toBe(0);
      expect((await running.rest()).at(-1)?.data).toContain('"result"');
      node = await spawnServer(args);
      await calculate();
      await eventually(() => expect(updates).toBe(2));
    } finally {
      await client.close();
      await node.stop();
    }
  },
  30_000,
);
