import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

describe('what a tool logs to its client', () => {
  let server: McpServer;
  beforeAll(async () => {
    server = await startMcpServer();
  });
  afterAll(() => server.close());

  const sum = callOf('calculate', { a: 1, b: 2, op: 'add' }, 'sum');
  const guess = callOf('solve_math_problem', { problem: 'how tall is the sky?' }, 'guess');

  /** The messages of the answer, in their order. */
  async function messages(session: Record<string, string>, body: object) {
    const response = await post(server.url, body, session);
    if (response.headers.get('content-type') === 'application/json') return [await response.json()];
    const events = await new EventReader(response).rest();
    return events.filter(({ data }) => data).map(({ data }) => JSON.parse(String(data)));
  }

  it('is a debug line of calculate for whoever asks for debug, and an answer in JSON for all others', async () => {
    const session = await openSession(server.url);
    expect((await messages(session, sum)).map(({ method, id }) => method ?? id)).toEqual(['sum']);
    for (const [level, heard] of [
      ['debug', 2],
      ['info', 1],
      ['debug', 2],
    ] as const) {
      await ask(server.url, session, request('logging/setLevel', { level }));
      const answers = await messages(session, sum);
      expect(answers).toHaveLength(heard);
      expect((await post(server.url, sum, session)).headers.get('content-type')).toBe(
        heard === 1 ? 'application/json' : 'text/event-stream',
      );
      if (heard === 2)
        expect(answers[0]).toMatchObject({
          method: 'notifications/message',
          params: { level: 'debug', logger: 'calculate', data: '1 + 2 = 3' },
        });
    }
  });

  it('is a warning of solve_math_problem where a model has to guess, unless only errors are asked for', async () => {
    const session = await openSession(server.url, { capabilities: { sampling: {} } });
    for (const [level, expected] of [
      [undefined, ['notifications/message', 'sampling/createMessage', 'guess']],
      ['warning', ['notifications/message', 'sampling/createMessage', 'guess']],
      ['error', ['sampling/createMessage', 'guess']],
    ] as const) {
      if (level) await ask(server.url, session, request('logging/setLevel', { level }));
      const reader = new EventReader(await post(server.url, guess, session));
      const heard: string[] = [];
      for (let message = await reader.message(); message; message = await reader.message()) {
        heard.push(message.method ?? message.id);
        if (message.method === 'notifications/message') expect(message.params.level).toBe('warning');
        if (message.method !== 'sampling/createMessage') continue;
        const result = { role: 'assistant', model: 'm', content: { type: 'text', text: 'very' } };
        await post(server.url, { jsonrpc: '2.0', id: message.id, result }, session);
      }
      expect(heard).toEqual(expected);
    }
  });
});
