import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHANGE_INTERVAL_MS } from '../../src/sessions/limits.js';
import { EventReader } from '../helpers/event-reader.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { post as postModern } from '../helpers/modern.js';
import { startNodes } from '../helpers/nodes.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

const STATS = 'calculator://stats';
const HISTORY = 'calculator://history';
const INFO = 'session://info';
const ADD = { a: 1, b: 2, op: 'add' };

type Session = Record<string, string>;

describe.each(['in memory', 'over two nodes of one Redis'])('subscriptions of the legacy era, %s', (where) => {
  const open: EventReader[] = [];
  let close: () => Promise<unknown>;
  /** Where the client listens, and where things change. */
  let here: McpServer;
  let there: McpServer;

  beforeAll(async () => {
    if (where === 'in memory') {
      here = there = await startMcpServer();
      close = () => here.close();
      return;
    }
    const redis = await startRedis();
    const nodes = await startNodes({ redisUrl: redis.url, count: 2 });
    [here, there] = nodes.servers as [McpServer, McpServer];
    close = () => nodes.close().then(() => redis.stop());
  });
  // What was put off by one test must not be heard by the next, nor put off what that changes.
  afterEach(async () => {
    await Promise.all(open.splice(0).map((reader) => reader.close()));
    await delay(2 * CHANGE_INTERVAL_MS);
  });
  afterAll(() => close());

  async function listen(session: Session, more: Record<string, string> = {}): Promise<EventReader> {
    const reader = new EventReader(
      await fetch(here.url, { headers: { ...session, Accept: 'text/event-stream', ...more } }),
    );
    open.push(reader);
    return reader;
  }
  const subscribe = (server: McpServer, session: Session, uri: string) =>
    ask(server.url, session, request('resources/subscribe', { uri }));
  const calculate = (session: Session) => ask(there.url, session, callOf('calculate', ADD));
  const calculateModern = () => postModern(there.url, 'tools/call', { name: 'calculate', arguments: ADD });
  /** The resources that are told of until that one. */
  async function toldUntil(last: string, reader: EventReader): Promise<string[]> {
    const told: string[] = [];
    while (told.at(-1) !== last) {
      const message = (await reader.message()) as { method: string; params: { uri: string } };
      expect(message.method).toBe('notifications/resources/updated');
      told.push(message.params.uri);
    }
    return told;
  }

  test('are told of what a request of the modern era changes at another node', async () => {
    const session = await openSession(here.url);
    const reader = await listen(session);
    await subscribe(there, session, STATS);
    await calculateModern();
    expect(await toldUntil(STATS, reader)).toEqual([STATS]);
  });

  test('are told of what another session changes, also on a stream that was opened later', async () => {
    const [session, other] = [await openSession(here.url), await openSession(there.url)];
    await subscribe(there, session, STATS);
    const reader = await listen(session);
    await calculate(other);
    expect(await toldUntil(STATS, reader)).toEqual([STATS]);
  });

  test('are told once of what their own session changes', async () => {
    const session = await openSession(here.url);
    const reader = await listen(session);
    for (const uri of [STATS, HISTORY, INFO]) await subscribe(here, session, uri);
    await calculate(session);
    expect(await toldUntil(INFO, reader)).toEqual([STATS, HISTORY, INFO]);
    await delay(CHANGE_INTERVAL_MS);
    await calculate(session);
    expect(await toldUntil(INFO, reader)).toEqual([STATS, HISTORY, INFO]);
  });

  test("are told nothing of another session's history, nor after the end of the subscription", async () => {
    const [session, other] = [await openSession(here.url), await openSession(there.url)];
    const reader = await listen(session);
    for (const uri of [STATS, HISTORY, INFO]) await subscribe(here, session, uri);
    await ask(there.url, session, request('resources/unsubscribe', { uri: STATS }));
    await calculate(other);
    await calculateModern();
    await delay(CHANGE_INTERVAL_MS);
    await calculate(session);
    expect(await toldUntil(INFO, reader)).toEqual([HISTORY, INFO]);
  });

  test('are told seldom of what changes all the time, and of the last change as well', async () => {
    const session = await openSession(here.url);
    const reader = await listen(session);
    await subscribe(here, session, STATS);
    const calculations = Array.from({ length: 100 }, () => ADD);
    const started = performance.now();
    for (let batch = 0; batch < 5; batch += 1)
      await postModern(there.url, 'tools/call', { name: 'batch_calculate', arguments: { calculations } });
    await subscribe(here, session, HISTORY);
    await delay(CHANGE_INTERVAL_MS + 100);
    const most = 2 + (performance.now() - started) / CHANGE_INTERVAL_MS;
    await calculate(session);
    const told = (await toldUntil(HISTORY, reader)).filter((uri) => uri === STATS).length;
    expect(told).toBeGreaterThanOrEqual(2);
    expect(told).toBeLessThanOrEqual(most + 1);
  });

  test('are told by way of the log: a stream that goes on after a break has what was missed', async () => {
    const session = await openSession(here.url);
    const reader = await listen(session);
    await subscribe(here, session, STATS);
    const prime = await reader.next();
    await calculateModern();
    const told = await reader.next();
    expect(told?.data).toContain(STATS);
    await reader.close();
    const again = await listen(session, { 'Last-Event-ID': String(prime?.id) });
    expect(await again.next()).toEqual(told);
    // And it goes on.
    await delay(CHANGE_INTERVAL_MS);
    await calculateModern();
    expect(await toldUntil(STATS, again)).toEqual([STATS]);
  });

  test('reach a connection of the legacy transport too', async () => {
    const reader = new EventReader(await fetch(here.sseUrl));
    open.push(reader);
    const address = `${here.origin}${String((await reader.next())?.data)}`;
    await post(address, request('resources/subscribe', { uri: STATS }, 'subscribe'));
    expect(await reader.message()).toMatchObject({ id: 'subscribe', result: {} });
    await calculateModern();
    expect(await toldUntil(STATS, reader)).toEqual([STATS]);
    await delay(CHANGE_INTERVAL_MS);
    await post(address, callOf('calculate', ADD, 'own'));
    expect(await reader.message()).toMatchObject({ params: { uri: STATS } });
    expect(await reader.message()).toMatchObject({ id: 'own' });
    await post(address, request('resources/unsubscribe', { uri: STATS }, 'unsubscribe'));
    expect(await reader.message()).toMatchObject({ id: 'unsubscribe' });
    await delay(CHANGE_INTERVAL_MS);
    await calculateModern();
    await post(address, request('ping', {}, 'ping'));
    expect(await reader.message()).toMatchObject({ id: 'ping' });
  });

  test.each([
    ['calculator://constants', -32602],
    ['calculator://tables/7', -32602],
    ['request://current', -32602],
    ['session://info/own', -32602],
    ['calculator://history/one', -32602],
    ['calculator://nowhere', -32002],
  ])('to %s, of which no change is ever told, are refused', async (uri, code) => {
    const session = await openSession(here.url);
    const of = uri.replace('own', String(session['Mcp-Session-Id']));
    expect((await subscribe(here, session, of)).error?.code).toBe(code);
  });
});
