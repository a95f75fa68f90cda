import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { Answer } from '../helpers/rpc.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

const HISTORY = 'calculator://history';

describe('the standalone stream', () => {
  let server: McpServer;

  beforeAll(async () => {
    server = await startMcpServer();
  });

  afterAll(() => server.close());

  const listen = async (session: Record<string, string>, lastEventId?: string) =>
    new EventReader(
      await fetch(server.url, {
        headers: {
          ...session,
          Accept: 'text/event-stream',
          ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
        },
      }),
    );
  const subscribed = async () => {
    const session = await openSession(server.url);
    await ask(server.url, session, request('resources/subscribe', { uri: HISTORY }));
    return session;
  };
  const calculate = (session: Record<string, string>) =>
    ask(server.url, session, callOf('calculate', { a: 1, b: 2, op: 'add' }));

  test('carries what belongs to no request', async () => {
    const session = await subscribed();
    const reader = await listen(session);
    await calculate(session);
    expect(await reader.message()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/resources/updated',
      params: { uri: HISTORY },
    });
    await reader.close();
  });

  test('gives its first listener what was sent before it came', async () => {
    const session = await subscribed();
    await calculate(session);
    const reader = await listen(session);
    expect(await reader.message()).toMatchObject({ method: 'notifications/resources/updated' });
    await reader.close();
  });

  test('is taken over by a second listener; the first is closed, and nothing comes twice', async () => {
    const session = await subscribed();
    const first = await listen(session);
    await first.next();
    const second = await listen(session);
    expect((await first.rest()).filter(({ data }) => data)).toEqual([]);
    await calculate(session);
    expect(await second.message()).toMatchObject({ method: 'notifications/resources/updated' });
    await second.close();
  });

  test('is resumed after its priming event, before anything was sent', async () => {
    const session = await subscribed();
    const first = await listen(session);
    const priming = await first.next();
    expect(priming).toMatchObject({ data: '' });
    await first.close();
    await calculate(session);
    await calculate(session);
    const second = await listen(session, priming?.id);
    expect(await second.message()).toMatchObject({ method: 'notifications/resources/updated' });
    expect(await second.message()).toMatchObject({ method: 'notifications/resources/updated' });
    await second.close();
  });

  test('ends with its session, and takes running calls with it', async () => {
    const session = await subscribed();
    const reader = await listen(session);
    await reader.next();
    const running = new EventReader(await post(server.url, callOf('demo_progress', { steps: 20 }), session));
    expect(await running.message()).toMatchObject({ method: 'notifications/message' });
    const ended = await fetch(server.url, { method: 'DELETE', headers: session });
    expect(ended.status).toBe(200);
    await reader.rest();
    const left = await running.rest();
    expect(left.some(({ data }) => data?.includes('Progress step 20'))).toBe(false);
    const gone = await post(server.url, request('ping'), session);
    expect([gone.status, ((await gone.json()) as Answer).error?.code]).toEqual([404, -32001]);
  });
});

describe('questions of the server to its client', () => {
  let server: McpServer;

  beforeAll(async () => {
    server = await startMcpServer();
  });

  afterAll(() => server.close());

  const problem = callOf('solve_math_problem', { problem: 'What is the area of a circle?' }, 'call');
  const start = async () => {
    const session = await openSession(server.url, { capabilities: { elicitation: {} } });
    const reader = new EventReader(await post(server.url, problem, session));
    const question = (await reader.message()) as { id: string; method: string };
    expect(question.method).toBe('elicitation/create');
    return { session, reader, question };
  };
  const answerTo = (id: string) => ({ jsonrpc: '2.0', id, result: { action: 'accept', content: { radius: 2 } } });

  test('are answered by another POST, which is accepted with 202', async () => {
    const { session, reader, question } = await start();
    const accepted = await post(server.url, answerTo(question.id), session);
    expect(accepted.status).toBe(202);
    expect(await reader.message()).toMatchObject({
      id: 'call',
      result: { content: [{ text: expect.stringContaining('12.56') as string }] },
    });
  });

  test('are not answered by another session', async () => {
    const { session, reader, question } = await start();
    const stranger = await openSession(server.url);
    expect((await post(server.url, answerTo(question.id), stranger)).status).toBe(202);
    await post(server.url, answerTo(question.id), session);
    const messages = (await reader.rest()).filter(({ data }) => data);
    expect(messages).toHaveLength(1);
  });

  test('end with the call when the client cancels it, and the stream with them', async () => {
    const { session, reader } = await start();
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'call' } };
    expect((await post(server.url, cancelled, session)).status).toBe(202);
    const messages = (await reader.rest())
      .filter(({ data }) => data)
      .map(({ data }) => JSON.parse(String(data)) as Answer);
    expect(messages.filter(({ id }) => id === 'call')).toEqual([]);
  });
});

test('a call that waits for its JSON answer when its session ends gets 404, not silence', async () => {
  const server = await startMcpServer({ transport: { sseAfterMs: 60_000 } });
  try {
    const session = await openSession(server.url);
    const running = post(server.url, callOf('demo_progress', { steps: 20 }), {
      ...session,
      Accept: 'application/json',
    });
    await eventually(async () => {
      const info = await ask(server.url, session, request('resources/read', { uri: 'session://info' }));
      expect(info.result.contents[0].text).toContain('requestCount');
    });
    await fetch(server.url, { method: 'DELETE', headers: session });
    const answer = await running;
    expect([answer.status, ((await answer.json()) as Answer).error?.code]).toEqual([404, -32001]);
  } finally {
    await server.close();
  }
});
