import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { envelope, MODERN } from '../helpers/modern.js';
import type { SpawnedNodes } from '../helpers/nodes.js';
import { spawnNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import type { RoundRobinProxy } from '../helpers/round-robin-proxy.js';
import { startRoundRobinProxy } from '../helpers/round-robin-proxy.js';
import { LONG, REST_MS } from './duration.js';
import { answerIn, send } from './load.js';
import type { Reply } from './load.js';

const GUARDED = join(import.meta.dirname, '../fixtures/guarded.js');
const CLIENTS = 20;
/** Within which every request must have ended, answered or with an error, ms. */
const CALL_MS = 8_000;
const KILLS = LONG ? 20 : 3;
const KILL_EVERY_MS = 1_000;
/** How long a person takes to answer: in that time the node may die that asked, ms. */
const ANSWER_MS = 200;

interface Result {
  readonly resultType: string;
  readonly requestState?: string;
  readonly isError?: boolean;
  readonly content?: readonly { text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}
const accept = (answer: string) => ({ action: 'accept', content: { answer } });

let redis: RedisServer;
let nodes: SpawnedNodes;
let proxy: RoundRobinProxy;
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-done-'));
const file = join(folder, 'done');

beforeAll(async () => {
  redis = await startRedis();
  process.env.GUARDED_LOG = file;
  nodes = await spawnNodes(redis.url, ['--server', GUARDED]);
  proxy = await startRoundRobinProxy({ targets: () => nodes.origins() });
});
afterAll(async () => {
  delete process.env.GUARDED_LOG;
  await proxy.close();
  await nodes.stop();
  await redis.stop();
  rmSync(folder, { recursive: true });
});

/** What the handlers did for a call, by its number. */
const doneFor = (what: string, n: number) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([did, of]) => did === what && Number(of) === n)
    .map(([, , name]) => name);

class Caller {
  readonly replies: Reply[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private id = 0;

  constructor(private readonly url = proxy.url) {}

  /** Sends a round as often as it takes until it is answered: the answer of each may be lost with its node. */
  async round(name: string, n: number, more: object = {}): Promise<{ result: Result; tries: number }> {
    for (let tries = 1; ; tries += 1) {
      const params = { name, arguments: { n }, _meta: envelope({ elicitation: {} }), ...more };
      const reply = await send(this.agent, this.url, {
        headers: { 'MCP-Protocol-Version': MODERN, 'Mcp-Method': 'tools/call', 'Mcp-Name': name },
        body: { jsonrpc: '2.0', id: (this.id += 1), method: 'tools/call', params },
      });
      this.replies.push(reply);
      const result = answerIn<Result>(reply);
      if (result) return { result, tries };
      // An answer that was cut had begun to stream.
      if (reply.failure === undefined) expect([502, 503], reply.text).toContain(reply.status);
      await delay(50);
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Three rounds; what its first step gave is in the answer. */
async function throughRounds(caller: Caller, n: number): Promise<void> {
  const first = await caller.round('rounds', n);
  await delay(ANSWER_MS);
  const second = await caller.round('rounds', n, {
    requestState: first.result.requestState,
    inputResponses: { first: accept('one') },
  });
  expect(second.result.resultType).toBe('input_required');
  await delay(ANSWER_MS);
  const third = await caller.round('rounds', n, {
    requestState: second.result.requestState,
    inputResponses: { second: accept('two') },
  });
  const [begun, ...rest] = String(third.result.content?.[0]?.text).split(',');
  expect(rest).toEqual(['one', 'two', '0']);
  // Whoever has no state yet begins anew; from then on nothing is done again.
  const did = doneFor('begun', n);
  expect(did).toContain(begun);
  expect(did.length).toBeLessThanOrEqual(first.tries);
}

/** Resolves to whether the outcome is known. */
async function throughPayment(caller: Caller, n: number): Promise<boolean> {
  const { result: asked } = await caller.round('pay', n);
  await delay(ANSWER_MS);
  const { requestState } = asked;
  const { result } = await caller.round('pay', n, { requestState, inputResponses: { amount: accept('10') } });
  const text = result.content?.[0]?.text;
  // Who asks again gets the outcome that there was, and so does who sends another answer.
  const { result: again } = await caller.round('pay', n, { requestState, inputResponses: { amount: accept('1000') } });
  const did = doneFor('pay', n);
  expect(did.length).toBeLessThanOrEqual(1);
  expect(again.content?.[0]?.text).toBe(text);
  if (result.isError) expect(text).toContain('how it ended is not known');
  else expect(text).toBe(`receipt ${did[0]} for 10`);
  return !result.isError;
}

describe('three nodes behind a round-robin proxy, one of them killed every second', () => {
  test(
    'every call of several rounds is finished by the others, each step runs once, and what may happen once does',
    async () => {
      const callers = Array.from({ length: CLIENTS }, () => new Caller());
      let stopped = false;
      let numbers = 0;
      let known = 0;
      let payments = 0;
      const load = callers.map(async (caller, index) => {
        while (!stopped) {
          const n = (numbers += 1);
          if (index % 2) await throughRounds(caller, n);
          else {
            payments += 1;
            if (await throughPayment(caller, n)) known += 1;
          }
        }
      });
      const ended = Promise.all(load);
      ended.catch(() => (stopped = true));
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          const second = delay(KILL_EVERY_MS);
          await nodes.replace(kill % 3, 'SIGKILL');
          await second;
        }
      } finally {
        stopped = true;
        await ended;
      }
      const replies = callers.flatMap((caller) => caller.replies);
      for (const caller of callers) caller.close();
      expect(replies.filter(({ ms }) => ms >= CALL_MS)).toEqual([]);
      // The kills were felt, and did not hurt.
      expect(replies.filter(({ status }) => status !== 200).length).toBeGreaterThan(0);
      expect(known).toBeGreaterThan(payments * 0.9);
    },
    KILLS * 10 * KILL_EVERY_MS + REST_MS,
  );
});

describe('histories of the modern era, on three nodes of which one is killed every second', () => {
  test(
    'hold every calculation that was acknowledged, and none that nobody sent',
    async () => {
      const calculators = await spawnNodes(redis.url, ['--redis-prefix', 'kept:']);
      const front = await startRoundRobinProxy({ targets: () => calculators.origins() });
      const callers = Array.from({ length: CLIENTS }, () => new Caller(front.url));
      try {
        let stopped = false;
        const load = callers.map(async (caller) => {
          const { result: opened } = await caller.round('open_history', 0, { arguments: {} });
          const { historyId } = opened.structuredContent ?? {};
          let acknowledged = 0;
          let sent = 0;
          while (!stopped) {
            const calculation = { a: acknowledged, b: 1, op: 'add', historyId };
            const { result, tries } = await caller.round('calculate', 0, { arguments: calculation });
            expect(result.structuredContent).toMatchObject({ value: acknowledged + 1 });
            acknowledged += 1;
            sent += tries;
          }
          const { result } = await caller.round('history_summary', 0, { arguments: { historyId } });
          return { acknowledged, sent, kept: Number(result.structuredContent?.total) };
        });
        const ended = Promise.all(load);
        ended.catch(() => (stopped = true));
        try {
          for (let kill = 0; kill < KILLS; kill += 1) {
            const second = delay(KILL_EVERY_MS);
            await calculators.replace(kill % 3, 'SIGKILL');
            await second;
          }
        } finally {
          stopped = true;
        }
        const histories = await ended;
        expect(histories.filter(({ kept, acknowledged }) => !(kept >= acknowledged))).toEqual([]);
        expect(histories.filter(({ kept, sent }) => !(kept <= sent))).toEqual([]);
        // The kills were felt, and did not hurt.
        const replies = callers.flatMap((caller) => caller.replies);
        expect(replies.filter(({ status }) => status !== 200).length).toBeGreaterThan(0);
        expect(replies.filter(({ ms }) => ms >= CALL_MS)).toEqual([]);
        console.log(
          `${histories.reduce((sum, { acknowledged }) => sum + acknowledged, 0)} calculations, ${KILLS} kills`,
        );
      } finally {
        for (const caller of callers) caller.close();
        await front.close();
        await calculators.stop();
      }
    },
    KILLS * 10 * KILL_EVERY_MS + REST_MS,
  );
});

describe('who listens at a node that is killed', () => {
  test('listens again at another, and from its acknowledgement on misses nothing that a third one changes', async () => {
    const calculators = await spawnNodes(redis.url, ['--redis-prefix', 'listened:']);
    const at = (index: number) => `${calculators.nodes[index % 3]?.origin}/mcp`;
    try {
      for (let kill = 0; kill < (LONG ? 9 : 3); kill += 1) {
        const stream = await listen(at(kill));
        const calculate = { name: 'calculate', arguments: { a: kill, b: 1, op: 'add' }, _meta: envelope() };
        const answer = await fetch(at(kill + 1), {
          method: 'POST',
          headers: { ...HEADERS, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'calculate' },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: calculate }),
        });
        expect(answer.status).toBe(200);
        expect(await stream.message()).toMatchObject({
          method: 'notifications/resources/updated',
          params: { uri: 'calculator://stats' },
        });
        await calculators.replace(kill % 3, 'SIGKILL');
        await expect(stream.next()).rejects.toThrow('terminated');
      }
    } finally {
      await calculators.stop();
    }
  }, 90_000);
});

const HEADERS = { 'Content-Type': 'application/json', 'MCP-Protocol-Version': MODERN };

async function listen(url: string): Promise<EventReader> {
  const params = { notifications: { resourceSubscriptions: ['calculator://stats'] }, _meta: envelope() };
  const stream = new EventReader(
    await fetch(url, {
      method: 'POST',
      headers: { ...HEADERS, 'Mcp-Method': 'subscriptions/listen' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'l', method: 'subscriptions/listen', params }),
    }),
  );
  expect(await stream.message()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
  return stream;
}
