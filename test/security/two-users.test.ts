import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { Issuer } from './helpers/issuer.js';
import { startIssuer } from './helpers/issuer.js';

/** Who tries: another subject, and the same subject of another issuer. */
const INTRUDERS = [
  ['another subject', 'bob', {}],
  ['the same subject of another issuer', 'ann', { iss: 'https://two.example' }],
] as const;

const STREAM = { Accept: 'text/event-stream' };

describe.each(['in memory', 'on Redis, over two nodes'])('%s', (where) => {
  let issuer: Issuer;
  let redis: RedisServer | undefined;
  let nodes: SpawnedServer[] = [];
  const open: EventReader[] = [];
  /** Ann's node, and the one where the intruder tries. */
  const hers = (path = '/mcp') => `${nodes[0]?.origin}${path}`;
  const theirs = (path = '/mcp') => `${nodes.at(-1)?.origin}${path}`;

  beforeAll(async () => {
    issuer = await startIssuer();
    if (where !== 'in memory') redis = await startRedis();
    const args = ['http', '--sse', ...issuer.args, ...(redis ? ['--redis', redis.url] : [])];
    nodes = await Promise.all(Array.from({ length: redis ? 2 : 1 }, () => spawnServer(args, issuer.env)));
  });
  afterEach(() => Promise.all(open.splice(0).map((reader) => reader.close().catch(() => undefined))));
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis?.stop();
    await issuer.close();
  });

  const stream = (response: Response): EventReader => {
    const reader = new EventReader(response);
    open.push(reader);
    return reader;
  };
  const session = (url: string, headers: Record<string, string>) =>
    openSession(url, { headers, capabilities: { elicitation: {} } });

  /** Ann's session with all that one could want to reach: a history, a call that runs, and a question that waits. */
  async function annsSession() {
    const headers = await session(hers(), issuer.as('ann'));
    const { result } = await ask(hers(), headers, callOf('calculate', { a: 20, b: 22, op: 'add' }));
    const asking = stream(
      await post(hers(), callOf('solve_math_problem', { problem: 'area of a rectangle' }, 'asking'), headers),
    );
    const primed = await asking.next();
    const question = (await asking.message()) as { id: string; method: string };
    expect(question.method).toBe('elicitation/create');
    return {
      headers,
      asking,
      question: question.id,
      eventId: String(primed?.id),
      calculationId: String(result.structuredContent.calculationId),
    };
  }

  async function annsConnection() {
    const headers = issuer.as('ann');
    const events = stream(await fetch(hers('/sse'), { headers }));
    const address = String((await events.next())?.data);
    return { headers, events, address, id: String(new URL(address, hers()).searchParams.get('sessionId')) };
  }

  /** Status and body of an answer; the body without the id of the request. */
  async function told(response: Response): Promise<unknown> {
    const { id: _id, ...body } = (await response.json()) as { id: unknown };
    const headers = Object.fromEntries(
      [...response.headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name)),
    );
    return { status: response.status, headers, body };
  }

  describe.each(INTRUDERS)('%s', (_who, sub, claims) => {
    const intruder = () => issuer.as(sub, claims);

    test('gets, for every method and endpoint, the 404 of a session that does not exist', async () => {
      const ann = await annsSession();
      const connection = await annsConnection();
      const sessionId = String(ann.headers['Mcp-Session-Id']);
      const answer = {
        jsonrpc: '2.0',
        id: ann.question,
        result: { action: 'accept', content: { length: 1, width: 1 } },
      };
      const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'asking' } };
      const named = (id: string, more: Record<string, string> = {}) => ({
        ...intruder(),
        'Mcp-Session-Id': id,
        ...more,
      });
      const at = (path: string, id: string, body: unknown) => post(theirs(`${path}?sessionId=${id}`), body, intruder());
      const tries: Record<string, (id: string) => Promise<Response>> = {
        'POST a call': (id) => post(theirs(), callOf('calculate', { a: 1, b: 1, op: 'add' }), named(id)),
        'POST a batch': (id) =>
          post(theirs(), [request('ping'), request('tools/list')], named(id, { 'MCP-Protocol-Version': '2025-03-26' })),
        'POST a cancellation': (id) => post(theirs(), cancel, named(id)),
        'POST an answer': (id) => post(theirs(), answer, named(id)),
        'GET a stream': (id) => fetch(theirs(), { headers: named(id, STREAM) }),
        'GET with Last-Event-ID': (id) =>
          fetch(theirs(), { headers: named(id, { ...STREAM, 'Last-Event-ID': ann.eventId }) }),
        DELETE: (id) => fetch(theirs(), { method: 'DELETE', headers: named(id) }),
        'POST /messages': (id) => at('/messages', id, request('ping')),
        'POST /message': (id) => at('/message', id, request('ping')),
        'POST a cancellation to /messages': (id) => at('/messages', id, cancel),
        'POST an answer to /messages': (id) => at('/messages', id, answer),
      };
      for (const [what, send] of Object.entries(tries)) {
        const unknown = await told(await send(randomUUID()));
        expect(unknown, what).toMatchObject({ status: 404, body: { error: { code: -32001 } } });
        for (const id of [sessionId, connection.id]) expect(await told(await send(id)), what).toEqual(unknown);
      }

      // Nothing of it has reached her: her question still waits, her connection heard nothing, her session is as it was.
      await post(hers(connection.address), request('ping', {}, 'first'), connection.headers);
      expect(await connection.events.message()).toMatchObject({ id: 'first', result: {} });
      expect((await post(hers(), answer, ann.headers)).status).toBe(202);
      expect(await ann.asking.message()).toMatchObject({ id: 'asking', result: { structuredContent: { value: 1 } } });
      const info = await ask(hers(), ann.headers, request('resources/read', { uri: 'session://info' }));
      expect(JSON.parse(info.result.contents[0].text)).toMatchObject({
        sessionId,
        calculationCount: 2,
        requestCount: 4,
      });
    });

    test('has no use for her ids in a session of his own', async () => {
      const ann = await annsSession();
      const own = await session(theirs(), intruder());
      const resume = (id: string) => fetch(theirs(), { headers: { ...own, ...STREAM, 'Last-Event-ID': id } });
      const madeUp = await told(await resume(ann.eventId.replace(/[^:]*$/, '99999')));
      expect(madeUp).toMatchObject({ status: 400, body: { error: { code: -32000 } } });
      expect(await told(await resume(ann.eventId))).toEqual(madeUp);

      const answer = {
        jsonrpc: '2.0',
        id: ann.question,
        result: { action: 'accept', content: { length: 9, width: 9 } },
      };
      expect((await post(theirs(), answer, own)).status).toBe(202);
      const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'asking' } };
      expect((await post(theirs(), cancel, own)).status).toBe(202);
      const progress = {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: ann.question, progress: 1 },
      };
      expect((await post(theirs(), progress, own)).status).toBe(202);

      for (const uri of [
        `calculator://history/${ann.calculationId}`,
        `session://info/${ann.headers['Mcp-Session-Id']}`,
      ]) {
        expect((await ask(theirs(), own, request('resources/read', { uri }))).error, uri).toMatchObject({
          code: -32002,
        });
      }
      expect((await ask(theirs(), own, callOf('history_summary'))).result.structuredContent).toMatchObject({
        total: 0,
      });

      await post(hers(), { ...answer, result: { action: 'accept', content: { length: 2, width: 3 } } }, ann.headers);
      expect(await ann.asking.message()).toMatchObject({ id: 'asking', result: { structuredContent: { value: 6 } } });
    });

    test('hears nothing of what she does, though he listens and subscribes', async () => {
      const ann = await annsSession();
      const own = await session(theirs(), intruder());
      await ask(theirs(), own, request('resources/subscribe', { uri: 'calculator://history' }));
      const listening = stream(await fetch(theirs(), { headers: { ...own, ...STREAM } }));
      await ask(hers(), ann.headers, request('resources/subscribe', { uri: 'calculator://history' }));
      const hearing = stream(await fetch(hers(), { headers: { ...ann.headers, ...STREAM } }));
      await ask(hers(), ann.headers, callOf('calculate', { a: 1, b: 2, op: 'add' }));
      expect(await hearing.message()).toMatchObject({ method: 'notifications/resources/updated' });

      // All that came to him until his session ended.
      await fetch(theirs(), { method: 'DELETE', headers: own });
      expect((await listening.rest()).filter(({ data }) => data)).toEqual([]);
      expect((await ask(hers(), ann.headers, request('ping'))).result).toEqual({});
    });
  });

  test('without a token nothing is told about any session', async () => {
    const ann = await annsSession();
    const send = (id: string) => fetch(theirs(), { method: 'DELETE', headers: { 'Mcp-Session-Id': id } });
    const unknown = await send(randomUUID());
    expect(unknown.status).toBe(401);
    const known = await send(String(ann.headers['Mcp-Session-Id']));
    expect([known.status, await known.text()]).toEqual([401, await unknown.text()]);
  });

  test('a session goes on with a refreshed token, on any node, and its handlers see what that one allows', async () => {
    const ann = await annsSession();
    const connection = await annsConnection();
    const refreshed = issuer.as('ann', { scope: 'mcp more' });
    const current = request('resources/read', { uri: 'request://current' }, 'who');
    const expected = { subject: 'ann', scopes: ['mcp', 'more'] };
    const callerIn = (message: { result?: { contents: { text: string }[] } }) =>
      (JSON.parse(message.result?.contents[0]?.text ?? '{}') as { caller: unknown }).caller;

    expect(callerIn(await ask(theirs(), { ...ann.headers, ...refreshed }, current))).toEqual(expected);
    const resumed = await fetch(theirs(), {
      headers: { ...ann.headers, ...refreshed, ...STREAM, 'Last-Event-ID': ann.eventId },
    });
    expect(await stream(resumed).message()).toMatchObject({ id: ann.question });

    await post(theirs(connection.address), request('initialize', { protocolVersion: '2024-11-05' }), refreshed);
    await connection.events.message();
    await post(theirs(connection.address), current, refreshed);
    expect(callerIn(await connection.events.message())).toEqual(expected);

    const ended = await fetch(theirs(), { method: 'DELETE', headers: { ...ann.headers, ...refreshed } });
    expect(ended.status).toBe(200);
    expect((await post(hers(), request('ping'), ann.headers)).status).toBe(404);
  });
});
