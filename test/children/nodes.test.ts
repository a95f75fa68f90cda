import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectTo, say, serveChild } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, post } from '../helpers/modern.js';
import { childrenOf } from '../helpers/processes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { startRoundRobinProxy } from '../helpers/round-robin-proxy.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

let redis: RedisServer;
let nodes: SpawnedServer[] = [];
let proxy: Awaited<ReturnType<typeof startRoundRobinProxy>>;
const clients: Client[] = [];

beforeAll(async () => {
  redis = await startRedis();
  nodes = await Promise.all([1, 2, 3].map(() => serveChild(['--redis', redis.url])));
  proxy = await startRoundRobinProxy({ targets: () => nodes.filter(isUp).map(({ origin }) => origin) });
}, 60_000);
afterEach(
  async () => void (await Promise.all(clients.splice(0).map((client) => client.close().catch(() => undefined)))),
);
afterAll(async () => {
  await proxy?.close();
  await Promise.all(nodes.map((node) => node.stop()));
  await redis?.stop();
});

function isUp({ child }: SpawnedServer): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function connect(): Promise<Client> {
  const client = await connectTo(proxy.origin);
  clients.push(client);
  return client;
}

/** The node that holds a process. */
function holderOf(pid: number): SpawnedServer {
  const found = nodes.find(({ child }) => childrenOf(Number(child.pid)).includes(pid));
  if (!found) throw new Error(`No node has the process ${pid}`);
  return found;
}

describe('a session whose server one of three nodes holds, with every request to the next', () => {
  test('reaches the same process from all of them', async () => {
    const client = await connect();
    const pids = await Promise.all([1, 2, 3, 4, 5, 6].map(() => say(client, 'pid')));
    expect(new Set(pids).size).toBe(1);
  });

  test('is asked, answers, and hears of progress, changes and log messages', async () => {
    const client = await connect();
    const told: unknown[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('tools'));
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void told.push(params.data));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await say(client, 'ask')).toBe('accept: Ada');
      expect(await say(client, 'sample')).toBe('from the model');
      const seen: number[] = [];
      await client.callTool({ name: 'progress', arguments: { steps: 100 } }, undefined, {
        onprogress: ({ progress }) => void seen.push(progress),
      });
      expect(seen.at(-1)).toBe(100);
      await say(client, 'change');
      await say(client, 'log');
    }
    await eventually(() => expect(told.filter((one) => one === 'looked')).toHaveLength(3));
    await eventually(() => expect(told).toContain('tools'));
  });

  test('is told of a cancellation, whichever node gets it', async () => {
    const client = await connect();
    const stopped = new AbortController();
    const call = client.callTool({ name: 'sleep' }, undefined, { signal: stopped.signal });
    call.catch(() => undefined);
    await eventually(() => expect(nodes.some(({ log }) => log.join('\n').includes('asleep'))).toBe(true));
    stopped.abort('enough');
    await eventually(async () => expect(await say(client, 'heard')).toContain('notifications/cancelled'));
  });

  test('ends its call with the last words of the process, and is then not found', async () => {
    const client = await connect();
    await expect(say(client, 'crash')).rejects.toThrow(/exit code 7: the disk is full/);
    await eventually(() => expect(say(client, 'echo')).rejects.toThrow(/Session not found/));
  });

  test('goes on after its Redis was killed and came back', async () => {
    const client = await connect();
    const pid = await say(client, 'pid');
    await redis.command('save');
    await redis.kill();
    await redis.restart();
    await eventually(async () => expect(await say(client, 'pid')).toBe(pid), 15_000);
  }, 30_000);

  test('waits on its node for the next round of a modern client, which another gets', async () => {
    const url = `${proxy.origin}/mcp`;
    const asked = { _meta: envelope({ elicitation: {} }), name: 'ask' };
    const { body: first } = await post(url, 'tools/call', asked);
    const { inputRequests, requestState } = first.result as { inputRequests: object; requestState: string };
    const [key = ''] = Object.keys(inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Grace' } } };
    const { body: second } = await post(url, 'tools/call', { ...asked, inputResponses, requestState });
    expect(second.result).toMatchObject({ resultType: 'complete', content: [{ text: 'accept: Grace' }] });
  });

  test('is gone when its node is killed with -9: calls end with an error, and a new greeting is served', async () => {
    const client = await connect();
    const holder = holderOf(Number(await say(client, 'pid')));
    // Of three in a row at most one is served by the node that dies.
    const calls = [1, 2, 3].map(() => say(client, 'sleep', {}));
    const outcomes = Promise.allSettled(calls);
    await eventually(() => expect(holder.log.filter((line) => line.includes('asleep')).length).toBeGreaterThan(2));
    holder.child.kill('SIGKILL');
    const ended = await outcomes;
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(say(client, 'echo')).rejects.toThrow(/Session not found/);
    expect(await say(await connect(), 'echo', { said: 'anew' })).toBe('anew');
  }, 40_000);
});
