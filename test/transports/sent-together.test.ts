import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { Nodes } from '../helpers/nodes.js';
import { startNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';

const STEPS = 200;
/** A handler may be some messages ahead: an append takes several of them then. */
const FEW_APPENDS = STEPS / 4;
/** Of others, in which a handler that waits for nobody would have sent on. */
const ROUND_TRIPS = 30;

let sent = 0;
const steps = defineTool({
  name: 'steps',
  title: 'Steps',
  description: 'Sends steps one after the other, and says on the way what it is about',
  inputSchema: z.object({ text: z.string().default('') }),
  async handler({ text }, context) {
    for (sent = 0; sent < STEPS; sent += 1) {
      await context.progress(sent + 1, STEPS, text);
      if (sent === STEPS / 2) context.closeStream();
    }
    return { content: [{ type: 'text', text: 'done' }] };
  },
});

describe('what a handler sends faster than the log takes it', () => {
  let redis: RedisServer;
  let nodes: Nodes;

  beforeAll(async () => {
    redis = await startRedis();
    nodes = await startNodes({ redisUrl: redis.url, count: 2, offer: defineCatalog({ tools: [steps] }) });
  });

  afterAll(async () => {
    await nodes.close();
    await redis.stop();
  });

  const call = (text = '') => ({
    ...callOf('steps', { text }, 'call'),
    params: { name: 'steps', arguments: { text }, _meta: { progressToken: 'token' } },
  });
  const appends = async () => {
    const info = String(await redis.command('info', 'commandstats'));
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1] ?? 0);
  };
  const progressIn = (events: readonly { data?: string }[]) =>
    events
      .filter(({ data }) => data)
      .map(({ data }) => JSON.parse(String(data)) as { params?: { progress: number }; result?: object })
      .map(({ params, result }) => params?.progress ?? (result ? 'answer' : undefined));

  test('is kept together, and comes in order, each event with an id of its own, here and on another node', async () => {
    const [here, there] = nodes.servers.map(({ url }) => url) as [string, string];
    const session = await openSession(here);
    const before = await appends();
    const first = await new EventReader(await post(here, call(), session)).rest();
    const lastId = first.filter(({ id }) => id !== undefined).at(-1)?.id;
    const resumed = { ...session, Accept: 'text/event-stream', 'Last-Event-ID': String(lastId) };
    const rest = await new EventReader(await fetch(there, { headers: resumed })).rest();
    const expected = [...Array.from({ length: STEPS }, (_, index) => index + 1), 'answer'];
    expect(progressIn([...first, ...rest])).toEqual(expected);
    // The handler closed the connection in the middle: what it had sent by then had left, and nothing of what came after.
    expect(progressIn(first).at(-1)).toBe(STEPS / 2 + 1);
    const ids = [...first, ...rest].map(({ id }) => id).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await appends()) - before).toBeLessThan(FEW_APPENDS);
  });

  test('is slowed by a client that does not read', async () => {
    const { url } = nodes.servers[0]!;
    const session = await openSession(url);
    const reader = new EventReader(await post(url, call('x'.repeat(100_000)), session));
    await reader.next();
    const stalled = await eventually(async () => {
      const then = sent;
      for (let asked = 0; asked < ROUND_TRIPS; asked += 1) await post(url, request('ping'), session);
      expect(sent).toBe(then);
      return then;
    });
    expect(stalled).toBeLessThan(STEPS - 1);
    await reader.rest();
    await eventually(() => expect(sent).toBe(STEPS));
  });
});
