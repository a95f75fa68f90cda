import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { SpawnedNodes } from '../helpers/nodes.js';
import { spawnNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import type { RoundRobinProxy } from '../helpers/round-robin-proxy.js';
import { startRoundRobinProxy } from '../helpers/round-robin-proxy.js';
import { LONG, REST_MS } from './duration.js';
import type { Reply } from './load.js';
import { answerIn, LoadClient } from './load.js';

const CLIENTS = 50;
const PAUSE_MS = 80;
/** Within which every call must have ended, answered or with an error, ms. */
const CALL_MS = 5_000;
const KILLS = LONG ? 60 : 3;
const ROUNDS = LONG ? 10 : 1;
const KILL_EVERY_MS = 1_000;

let redis: RedisServer;
let nodes: SpawnedNodes;

beforeAll(async () => {
  redis = await startRedis();
  nodes = await spawnNodes(redis.url, ['--drain-delay', '400ms']);
});

afterAll(async () => {
  await nodes.stop();
  await redis.stop();
});

interface StreamedCall {
  readonly ended: 'answered' | 'refused' | 'lost';
  readonly ms: number;
  /** When each of its connections ended, ms after the call began, and how. */
  readonly connections: readonly string[];
}

/** A call that streams, and is resumed wherever the proxy leads when its stream is cut. */
async function callWithSteps(client: LoadClient, id: number): Promise<StreamedCall> {
  const started = performance.now();
  const params = { name: 'demo_progress', arguments: { steps: 2 }, _meta: { progressToken: id } };
  let reply = await client.send({ body: { jsonrpc: '2.0', id, method: 'tools/call', params } });
  let position = lastEventIn(reply);
  const connections: string[] = [];
  const note = ({ status, failure }: Reply) =>
    connections.push(`${Math.round(performance.now() - started)}: ${status} ${failure ?? 'ended'}`);
  note(reply);
  // Who has no event yet knows that the call is lost.
  while (position !== undefined && !isAnswered(reply) && performance.now() - started < 2 * CALL_MS) {
    await delay(50);
    reply = await client.send({ method: 'GET', headers: { Accept: 'text/event-stream', 'Last-Event-ID': position } });
    position = lastEventIn(reply) ?? position;
    note(reply);
  }
  const ended = answerIn(reply) ? 'answered' : isAnswered(reply) ? 'refused' : 'lost';
  return { ended, ms: performance.now() - started, connections };
}

function lastEventIn({ text }: Reply): string | undefined {
  return [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
}

function isAnswered({ text }: Reply): boolean {
  return /"(result|error)":\{/.test(text);
}

/** Lets clients call through the proxy while something happens, then looks into their sessions. */
async function underLoad(proxy: RoundRobinProxy, act: () => Promise<void>) {
  const clients = Array.from({ length: CLIENTS }, () => new LoadClient(() => proxy.url, PAUSE_MS));
  const streamed: StreamedCall[] = [];
  let stopped = false;
  await Promise.all(clients.map((client) => client.open()));
  const load = clients.map((client) =>
    client.run(
      () => stopped,
      async (_client, id) => void streamed.push(await callWithSteps(client, id)),
    ),
  );
  try {
    await act();
  } finally {
    stopped = true;
    await Promise.all(load);
  }
  const replies = clients.flatMap((client) => client.replies);
  for (const client of clients) {
    const count = await client.count();
    expect(count).toBeGreaterThanOrEqual(client.acknowledged);
    expect(count).toBeLessThanOrEqual(client.attempted);
    expect(client.ids.size).toBe(client.acknowledged);
    client.close();
  }
  expect(clients.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(5 * CLIENTS);
  expect(replies.filter(({ ms }) => ms >= CALL_MS)).toEqual([]);
  expect(streamed.filter(({ ms }) => ms >= CALL_MS)).toEqual([]);
  expect(streamed.length).toBeGreaterThan(0);
  return { replies, streamed };
}

describe('three nodes behind a round-robin proxy, under the load of 50 clients', () => {
  test(
    'one of them killed every second: no session is lost, nothing that was acknowledged, and every call ends in time',
    async () => {
      const proxy = await startRoundRobinProxy({ targets: () => nodes.origins() });
      try {
        const { replies } = await underLoad(proxy, async () => {
          for (let kill = 0; kill < KILLS; kill += 1) {
            // The last one is up again by then; on a slow machine, wait for it.
            const second = delay(KILL_EVERY_MS);
            await nodes.replace(kill % 3, 'SIGKILL');
            await second;
          }
        });
        // 502 is the proxy's, for a request that was on the node; 0 is an answer that was cut.
        expect(replies.map(({ status }) => status).filter((status) => ![0, 200, 502].includes(status))).toEqual([]);
        expect(replies.filter(({ status, failure }) => status !== 200 || failure).length).toBeGreaterThan(0);
        expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThan(replies.length / 2);
      } finally {
        await proxy.close();
      }
    },
    KILLS * 4 * KILL_EVERY_MS + REST_MS,
  );

  test(
    'all of them restarted by SIGTERM, one after the other: no call fails at all',
    async () => {
      const proxy = await startRoundRobinProxy({ targets: () => nodes.origins(), readyEveryMs: 50 });
      try {
        const { replies, streamed } = await underLoad(proxy, async () => {
          for (let restart = 0; restart < 3 * ROUNDS; restart += 1) {
            const index = restart % 3;
            expect(await nodes.replace(index, 'SIGTERM')).toBe(0);
            await eventually(() => expect(proxy.usable(String(nodes.nodes[index]?.origin))).toBe(true));
          }
        });
        expect(
          replies.filter(({ status, failure, text }) => status !== 200 || failure || text.includes('"error"')),
        ).toEqual([]);
        expect(new Set(streamed.map(({ ended }) => ended))).toEqual(new Set(['answered']));
      } finally {
        await proxy.close();
      }
    },
    ROUNDS * 20_000 + REST_MS,
  );
});
