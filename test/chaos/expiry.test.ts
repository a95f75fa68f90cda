import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Storage } from '../../src/sessions/contract.js';
import { openRedisStorage } from '../../src/sessions/redis/index.js';
import { eventually } from '../helpers/eventually.js';
import type { Nodes } from '../helpers/nodes.js';
import { startNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { keysOfClients, startRedis } from '../helpers/redis.js';
import { LONG, REST_MS } from './duration.js';
import { send } from './load.js';

const SESSIONS = 10_000;
/** Sessions that are opened and used at once. */
const AT_ONCE = 64;
const BRIEF_TTL_MS = 1_000;

const PARAMS = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'brief', version: '1' } };
const INITIALIZE = { jsonrpc: '2.0', id: 0, method: 'initialize', params: PARAMS };
const CALCULATE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'calculate', arguments: { a: 1, b: 1, op: 'add' } },
};

let redis: RedisServer;
let nodes: Nodes;

beforeAll(async () => {
  redis = await startRedis();
  nodes = await startNodes({ redisUrl: redis.url });
});

afterAll(async () => {
  await nodes.close();
  await redis.stop();
});

/** Over HTTP: a session with a history and the events of a stream. */
async function openByRequest(agent: Agent, index: number): Promise<string> {
  const url = (node: number) => String(nodes.servers[node % 3]?.url);
  const { headers } = await send(agent, url(index), { body: INITIALIZE });
  const id = String(headers['mcp-session-id']);
  const { status } = await send(agent, url(index + 1), {
    headers: { 'Mcp-Session-Id': id, Accept: 'text/event-stream' },
    body: CALCULATE,
  });
  expect(status).toBe(200);
  return id;
}

async function openInStore({ sessions }: Storage): Promise<string> {
  const id = randomUUID();
  await sessions.create({ id, initialize: JSON.stringify(PARAMS), protocolVersion: '2025-11-25' });
  return id;
}

test(
  `of ${SESSIONS} sessions that have expired, Redis holds no key`,
  async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    // The last use is on a node whose TTL is short, so that all of them are there at once, however slow the machine is.
    const brief = await openRedisStorage({
      url: redis.url,
      ttlMs: BRIEF_TTL_MS,
      historyLimit: 50,
      maxSessions: SESSIONS,
    });
    try {
      const ids: string[] = [];
      let opened = 0;
      const store = nodes.servers[0]?.storage as Storage;
      const open = async () => {
        while ((opened += 1) <= SESSIONS)
          ids.push(LONG || opened % 20 === 0 ? await openByRequest(agent, opened) : await openInStore(store));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, open));
      expect((await keysOfClients(redis)).length).toBeGreaterThan(SESSIONS);
      expect(await brief.sessions.count()).toBe(SESSIONS);

      await Promise.all(ids.map((id) => brief.sessions.touch(id)));
      await eventually(async () => expect(await keysOfClients(redis)).toEqual([]));
      expect(await brief.sessions.count()).toBe(0);
    } finally {
      agent.destroy();
      await brief.close();
    }
  },
  REST_MS,
);
