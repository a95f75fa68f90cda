import { setTimeout as delay } from 'node:timers/promises';
import { dataOf } from '../helpers/event-reader.js';
import type { Headers, Reply, SoakClient } from './client.js';
import { rpc } from './client.js';

const EVENTS = { Accept: 'text/event-stream' };
const BOTH = { Accept: 'application/json, text/event-stream' };
/** Requests that a slow reader sends ahead, and how long it stays, ms. */
const AHEAD = 60;
const STAYS_MS = 400;

const idIn = (event: string | undefined) => /^id: (.+)$/m.exec(event ?? '')?.[1] ?? '';
const dataIn = (event: string | undefined) => dataOf(event ?? '') ?? '';
const sum = (at: number) => ({ a: at, b: 1, op: 'add' });

async function expectText(reply: Reply, status: number, word = ''): Promise<string> {
  const text = await reply.text();
  if (reply.status !== status || !text.includes(word)) {
    throw new Error(`expected ${status} with "${word}", got ${reply.status}: ${text.slice(0, 300)}`);
  }
  return text;
}

async function found(reply: Reply, word: string): Promise<string> {
  const read = await reply.event((event) => event.includes(word));
  if (read === undefined) throw new Error(`the stream ended without "${word}", after: ${reply.last().slice(0, 500)}`);
  return read;
}

const end = async (client: SoakClient, session: Headers) =>
  void (await expectText(await client.send('DELETE', session), 200));

/** What clients do, well or badly, each from the opening of a session to its end, which half of them leave to the TTL. */
export const behaviours: Record<string, (client: SoakClient, turn: number) => Promise<void>> = {
  async calls(client, turn) {
    const session = await client.open();
    for (let at = 0; at < 10; at += 1) {
      await expectText(await client.call(session, 'calculate', sum(at)), 200, 'calculationId');
      await expectText(await client.call(session, 'evaluate', { expression: '2*(3+4)' }, EVENTS), 200, '14');
      await expectText(await client.post(session, rpc('tools/list')), 200, 'inputSchema');
      await expectText(await client.post(session, rpc('resources/read', { uri: 'session://info' })), 200);
    }
    if (turn % 2 === 0) await end(client, session);
  },

  async batches(client, turn) {
    const session = await client.open('2025-03-26');
    for (let at = 0; at < 5; at += 1) {
      const calls = Array.from({ length: 5 }, (_, n) => rpc('tools/call', { name: 'calculate', arguments: sum(n) }));
      await expectText(await client.post(session, [...calls, rpc('ping')]), 200, 'calculationId');
    }
    if (turn % 2 === 0) await end(client, session);
  },

  async progress(client, turn) {
    const session = await client.open();
    const reply = await client.call(session, 'demo_progress', { steps: 3 }, BOTH);
    const { length } = await expectText(reply, 200, 'notifications/progress');
    if (length === 0 || turn % 2 === 0) await end(client, session);
  },

  /** Leaves a stream after its first event and comes back for the rest; every third never comes. */
  async resumption(client, turn) {
    const session = await client.open();
    const cut = await client.call(session, 'demo_progress', { steps: 3 }, BOTH);
    const last = idIn(await found(cut, 'notifications/progress'));
    cut.leave();
    if (turn % 3 === 0) return;
    const resumed = await client.send('GET', { ...session, ...EVENTS, 'Last-Event-ID': last });
    await expectText(resumed, 200, '"steps":3');
    if (turn % 3 === 1) await end(client, session);
  },

  /** Takes back a call, by a notification, or by leaving before it is answered. */
  async abandonment(client, turn) {
    const session = await client.open();
    const call = rpc('tools/call', { name: 'demo_progress', arguments: { steps: 20 } });
    const reply = await client.post({ ...session, ...BOTH }, call);
    if (turn % 2 === 0) {
      const params = { requestId: call.id, reason: 'soak' };
      const taken = { jsonrpc: '2.0', method: 'notifications/cancelled', params };
      await expectText(await client.post(session, taken), 202);
      await reply.text();
    } else reply.leave();
    if (turn % 4 < 2) await end(client, session);
  },

  async subscriptions(client, turn) {
    const session = await client.open();
    await expectText(await client.post(session, rpc('resources/subscribe', { uri: 'calculator://history' })), 200);
    const stream = await client.send('GET', { ...session, ...EVENTS });
    for (let at = 0; at < 5; at += 1) {
      await expectText(await client.call(session, 'calculate', sum(at)), 200);
      await found(stream, 'resources/updated');
    }
    // A newer stream takes over; half of them are still open when the session ends.
    const newer = await client.send('GET', { ...session, ...EVENTS });
    await stream.text();
    if (turn % 2 === 0) await end(client, session);
    else newer.leave();
    await newer.text().catch(() => '');
  },

  /** Is asked, and answers, or leaves, or ends its session, or is silent until it expires. */
  async questions(client, turn) {
    const session = await client.open();
    const reply = await client.call(session, 'solve_math_problem', { problem: 'What is the area of a circle?' }, BOTH);
    const question = await found(reply, 'elicitation/create');
    const { id } = JSON.parse(dataIn(question)) as { id: string };
    if (turn % 4 === 0) {
      const result = { action: 'accept', content: { radius: 2 } };
      await expectText(await client.post(session, { jsonrpc: '2.0', id, result }), 202);
      await found(reply, '12.56');
    }
    if (turn % 4 === 1) await end(client, session);
    reply.leave();
  },

  async legacy(client, turn) {
    const stream = await client.send('GET', EVENTS, '/sse');
    const path = dataIn(await found(stream, 'event: endpoint'));
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
    await expectText(await client.post({}, rpc('initialize', params), path), 202);
    await found(stream, 'serverInfo');
    for (let at = 0; at < 5; at += 1) {
      await expectText(await client.post({}, rpc('tools/call', { name: 'calculate', arguments: sum(at) }), path), 202);
      await found(stream, 'calculationId');
    }
    // Half of them leave with a call in flight.
    const late = rpc('tools/call', { name: 'demo_progress', arguments: { steps: 20 } });
    if (turn % 2 === 0) await expectText(await client.post({}, late, path), 202);
    stream.leave();
  },

  /** Sends ahead and reads nothing; or listens and reads nothing while there is much to hear. */
  async slowReaders(client, turn) {
    const session = await client.open();
    const lines = Object.entries({ Host: 'localhost', ...session }).map(([name, value]) => `${name}: ${value}`);
    if (turn % 2 === 0) {
      const body = JSON.stringify(rpc('tools/list'));
      const type = ['Content-Type: application/json', `Content-Length: ${body.length}`];
      const post = ['POST /mcp HTTP/1.1', ...lines, ...type, '', body].join('\r\n');
      const socket = await client.unread(post.repeat(AHEAD));
      await delay(STAYS_MS);
      socket.destroy();
    } else {
      await expectText(await client.post(session, rpc('resources/subscribe', { uri: 'calculator://history' })), 200);
      const listens = ['GET /mcp HTTP/1.1', ...lines, 'Accept: text/event-stream', '', ''].join('\r\n');
      const socket = await client.unread(listens);
      for (let at = 0; at < 10; at += 1) await expectText(await client.call(session, 'calculate', sum(at)), 200);
      socket.destroy();
    }
    if (turn % 4 < 2) await end(client, session);
  },

  async nonsense(client) {
    await expectText(await client.post({}, '{"jsonrpc'), 400, '-32700');
    await expectText(await client.post({ 'Mcp-Session-Id': 'made-up' }, rpc('ping')), 404);
    await expectText(await client.post({}, rpc('ping')), 400);
    await expectText(await client.send('PUT', {}), 405);
    await expectText(await client.send('GET', {}, '/made-up'), 404);
    const half = await client.unread(
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await delay(STAYS_MS);
    half.destroy();
  },
};
