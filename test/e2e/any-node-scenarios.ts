import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

type Session = Record<string, string>;

const HISTORY = 'calculator://history';

/** Three nodes of one server; each has `/mcp` and `/sse`. */
export interface ThreeNodes {
  readonly servers: readonly { readonly origin: string }[];
  close(): Promise<void>;
}

/** What holds of sessions whose requests come to any node, whichever nodes these are. */
export function anyNodeScenarios(start: () => Promise<ThreeNodes>): void {
  let nodes: ThreeNodes;
  let a: string;
  let b: string;
  let c: string;

  beforeAll(async () => {
    nodes = await start();
    [a, b, c] = nodes.servers.map(({ origin }) => `${origin}/mcp`) as [string, string, string];
  });

  afterAll(() => nodes.close());

  const listen = async (url: string, session: Session, lastEventId?: string) => {
    const headers = {
      ...session,
      Accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
    };
    const response = await fetch(url, { headers });
    expect(response.status).toBe(200);
    return new EventReader(response);
  };
  const stream = async (url: string, session: Session, call: object) => new EventReader(await post(url, call, session));
  const progressCall = (steps: number, id = 'progress') => ({
    ...request('tools/call', { name: 'demo_progress', arguments: { steps }, _meta: { progressToken: 'token' } }, id),
  });
  const calculate = (url: string, session: Session) =>
    ask(url, session, callOf('calculate', { a: 1, b: 2, op: 'add' }));

  describe('a session', () => {
    test('that was opened on A is called on B, listened to on C, and ended on A for all of them', async () => {
      const session = await openSession(a);
      expect((await calculate(b, session)).result).toMatchObject({ structuredContent: { value: 3 } });
      const reader = await listen(c, session);
      await reader.next();
      expect((await fetch(a, { method: 'DELETE', headers: session })).status).toBe(200);
      expect(await reader.rest()).toEqual([]);
      for (const url of [a, b, c]) {
        const gone = await post(url, request('ping'), session);
        expect([url, gone.status]).toEqual([url, 404]);
      }
    });

    test('ended on C takes the call with it that runs on A', async () => {
      const session = await openSession(a);
      const running = await stream(a, session, progressCall(20));
      expect(await running.message()).toMatchObject({ method: 'notifications/progress' });
      await fetch(c, { method: 'DELETE', headers: session });
      const left = await running.rest();
      expect(left.some(({ data }) => data?.includes('step 20'))).toBe(false);
    });

    test('has its log level on every node', async () => {
      const session = await openSession(a);
      const quiet = await ask(b, session, request('logging/setLevel', { level: 'error' }));
      expect(quiet.result).toEqual({});
      // Without a token the steps are log messages, at info.
      const silent = await post(c, callOf('demo_progress', { steps: 1 }), session);
      expect(await silent.text()).not.toContain('notifications/message');
      await ask(c, session, request('logging/setLevel', { level: 'debug' }));
      const heard = await post(a, callOf('demo_progress', { steps: 1 }), session);
      expect(await heard.text()).toContain('notifications/message');
    });

    test('has its subscriptions on every node: what A causes reaches the listener on C', async () => {
      const session = await openSession(a);
      await ask(b, session, request('resources/subscribe', { uri: HISTORY }));
      const reader = await listen(c, session);
      expect(await reader.next()).toMatchObject({ data: '' });
      await calculate(a, session);
      expect(await reader.message()).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/resources/updated',
        params: { uri: HISTORY },
      });
      await ask(c, session, request('resources/unsubscribe', { uri: HISTORY }));
      await calculate(b, session);
      await fetch(b, { method: 'DELETE', headers: session });
      expect(await reader.rest()).toEqual([]);
    });

    test('is listened to once: a listener on B takes over from the one on A, and misses nothing', async () => {
      const session = await openSession(a);
      await ask(a, session, request('resources/subscribe', { uri: HISTORY }));
      const first = await listen(a, session);
      const primed = await first.next();
      const second = await listen(b, session, primed?.id);
      expect(await first.rest()).toEqual([]);
      await calculate(c, session);
      expect(await second.message()).toMatchObject({ method: 'notifications/resources/updated' });
      await second.close();
    });

    test('keeps exactly one of the listeners that come to all nodes at the same time', async () => {
      const session = await openSession(a);
      await ask(a, session, request('resources/subscribe', { uri: HISTORY }));
      const readers = await Promise.all([a, b, c, a, b, c].map((url) => listen(url, session)));
      const ended: EventReader[] = [];
      const read = readers.map(async (reader) => {
        await reader.message().then((message) => message === undefined && ended.push(reader));
        return ended.includes(reader) ? 'ended' : 'told';
      });
      await eventually(() => expect(ended).toHaveLength(readers.length - 1));
      await calculate(b, session);
      expect((await Promise.all(read)).sort()).toEqual([...Array<string>(5).fill('ended'), 'told']);
      await Promise.all(readers.map((reader) => reader.close()));
    });
  });

  describe('a call on A', () => {
    test('is stopped by a cancellation that comes to B', async () => {
      const session = await openSession(a);
      const running = await stream(a, session, progressCall(20, 'cancel-me'));
      expect(await running.message()).toMatchObject({ method: 'notifications/progress' });
      const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'cancel-me' } };
      expect((await post(b, cancel, session)).status).toBe(202);
      const left = (await running.rest()).map(({ data }) => data ?? '').join();
      expect(left).not.toContain('step 20');
      expect(left).not.toContain('"result"');
    });

    test.each([
      [
        'the person',
        'elicitation/create',
        'What is the area of a circle?',
        { action: 'accept', content: { radius: 2 } },
        '12.56',
      ],
      [
        'the model',
        'sampling/createMessage',
        'Why do people like prime numbers?',
        { role: 'assistant', model: 'm', content: { type: 'text', text: 'they stand alone' } },
        'they stand alone',
      ],
    ])('that asks %s is answered by a POST to C', async (_who, method, problem, result, expected) => {
      const session = await openSession(b, { capabilities: { elicitation: {}, sampling: {} } });
      const reader = await stream(a, session, callOf('solve_math_problem', { problem }, 'call'));
      let question = await reader.message();
      // That it guesses is told first.
      if (question.method === 'notifications/message') question = await reader.message();
      expect(question.method).toBe(method);
      const stranger = await openSession(c, { capabilities: { elicitation: {} } });
      expect((await post(c, { jsonrpc: '2.0', id: question.id, result: { action: 'decline' } }, stranger)).status).toBe(
        202,
      );
      expect((await post(c, { jsonrpc: '2.0', id: question.id, result }, session)).status).toBe(202);
      const answer = await reader.message();
      expect([answer.id, JSON.stringify(answer.result)]).toEqual(['call', expect.stringContaining(expected)]);
    });

    test('is resumed on B while A writes on: each event once, in order', async () => {
      const session = await openSession(a);
      const reader = await stream(a, session, progressCall(6));
      const ids: (string | undefined)[] = [(await reader.next())?.id];
      const messages: unknown[] = [];
      for (let step = 0; step < 2; step += 1) {
        const event = await reader.next();
        ids.push(event?.id);
        messages.push(JSON.parse(String(event?.data)));
      }
      await reader.close();
      const resumed = await listen(b, session, ids.at(-1));
      for (const event of await resumed.rest()) {
        ids.push(event.id);
        messages.push(JSON.parse(String(event.data)));
      }
      const steps = messages.map((message) => (message as { params?: { progress: number } }).params?.progress);
      expect(steps).toEqual([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1, undefined]);
      expect(messages.at(-1)).toMatchObject({ id: 'progress', result: { structuredContent: { steps: 6 } } });
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every((id) => id !== undefined)).toBe(true);
    });

    test('is resumed on B and C at once, and both get all of it', async () => {
      const session = await openSession(a);
      const reader = await stream(a, session, progressCall(3));
      const { id } = (await reader.next()) ?? {};
      const [here, there] = await Promise.all([b, c].map((url) => listen(url, session, id)));
      const [one, other, own] = await Promise.all([here?.rest(), there?.rest(), reader.rest()]);
      expect(one).toHaveLength(4);
      expect(other).toEqual(one);
      expect(own).toEqual(one);
    });
  });

  describe('concurrent calculations of one session over three nodes', () => {
    test.each([40, 1_000])('%i of them are all counted, each under an id of its own', async (count) => {
      const session = await openSession(a);
      const answers = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          ask([a, b, c][index % 3] as string, session, callOf('calculate', { a: index, b: 1, op: 'add' }, index)),
        ),
      );
      expect(answers.map(({ id, result }) => [id, result?.structuredContent.value])).toEqual(
        answers.map((_, index) => [index, index + 1]),
      );
      expect(new Set(answers.map(({ result }) => result?.structuredContent.calculationId)).size).toBe(count);
      const info = await ask(c, session, request('resources/read', { uri: 'session://info' }));
      expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: count });
    });
  });

  describe('the legacy transport', () => {
    test('takes on B and C what belongs to the stream on A', async () => {
      const [atA, atB, atC] = nodes.servers;
      const reader = new EventReader(await fetch(`${atA?.origin}/sse`));
      const endpoint = await reader.next();
      expect(endpoint?.event).toBe('endpoint');
      const send = async (origin: string | undefined, body: object) =>
        expect((await post(`${origin}${endpoint?.data}`, body)).status).toBe(202);
      const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
      await send(atB?.origin, request('initialize', params, 'first'));
      expect(await reader.message()).toMatchObject({ id: 'first', result: { protocolVersion: '2024-11-05' } });
      await send(atC?.origin, { jsonrpc: '2.0', method: 'notifications/initialized' });
      await send(atC?.origin, callOf('calculate', { a: 6, b: 7, op: 'multiply' }, 'second'));
      expect(await reader.message()).toMatchObject({ id: 'second', result: { structuredContent: { value: 42 } } });
      await reader.close();
      await eventually(async () =>
        expect((await post(`${atB?.origin}${endpoint?.data}`, request('ping'))).status).toBe(404),
      );
    });
  });
}
