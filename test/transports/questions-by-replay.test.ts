import { beforeAll, describe, expect, test, vi } from 'vitest';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { memoryValueStore } from '../../src/sessions/memory/value-store.js';
import type { ModernAnswer } from '../helpers/modern.js';
import { envelope, post } from '../helpers/modern.js';
import { log, questionsCatalog as catalog } from '../helpers/questions-catalog.js';
import { opensServers } from '../helpers/servers.js';

const ASKABLE = { _meta: envelope({ elicitation: {}, sampling: {}, roots: {} }) };

const accept = (answer: unknown) => ({ action: 'accept', content: { answer } });

/** What a result asks. */
function asked({ body }: ModernAnswer): { keys: string[]; requestState: string } {
  expect(body.result).toMatchObject({ resultType: 'input_required' });
  const { inputRequests, requestState } = body.result as { inputRequests: object; requestState: string };
  return { keys: Object.keys(inputRequests), requestState };
}

function textOf({ body }: ModernAnswer): string | undefined {
  return (body.result?.content as { text: string }[] | undefined)?.[0]?.text;
}

describe('a question of the modern era', () => {
  const open = opensServers({ offer: catalog, storage: 'none' });
  let url: string;
  const call = (name: string, more: object = {}, at = url, options: object = {}) =>
    post(at, 'tools/call', { name, arguments: {}, ...ASKABLE, ...more }, options);

  beforeAll(async () => {
    ({ url } = await open());
  });

  test('ends the round, and its answer leads to the next one', async () => {
    const first = asked(await call('two_rounds'));
    expect(first.keys).toEqual(['question']);
    const second = asked(
      await call('two_rounds', { requestState: first.requestState, inputResponses: { question: accept('one') } }),
    );
    expect(second.keys).toEqual(['question#2']);
    const third = await call('two_rounds', {
      requestState: second.requestState,
      inputResponses: { 'question#2': accept('two') },
    });
    expect(textOf(third)).toBe('one, two');
  });

  test('has another key the second time that the same one is used', async () => {
    const first = asked(await call('same_key_twice'));
    const second = asked(
      await call('same_key_twice', { requestState: first.requestState, inputResponses: { k: accept('one') } }),
    );
    expect(second.keys).toEqual(['k#2']);
  });

  test('may be declined', async () => {
    const { requestState } = asked(await call('echo'));
    const answer = await call('echo', { requestState, inputResponses: { question: { action: 'decline' } } });
    expect(textOf(answer)).toBe('decline');
  });

  test.each([
    ['no answer', {}],
    ['an answer to something else', { other: accept('x') }],
  ])('is asked again under its key after %s', async (_what, inputResponses) => {
    const { requestState } = asked(await call('echo'));
    expect(asked(await call('echo', { requestState, inputResponses })).keys).toEqual(['question']);
  });

  test.each([
    ['another action', { action: 'perhaps' }],
    ['content of another shape', accept(7)],
    ['no content', { action: 'accept' }],
  ])('is asked again under a fresh key after an answer that does not fit: %s', async (_what, answer) => {
    const { requestState } = asked(await call('echo'));
    const again = asked(await call('echo', { requestState, inputResponses: { question: answer } }));
    expect(again.keys).toEqual(['question~1']);
    const last = await call('echo', {
      requestState: again.requestState,
      inputResponses: { question: answer, 'question~1': accept('fits') },
    });
    expect(textOf(last)).toBe('fits');
  });

  test('is a bug of its author where several are asked at once without a key', async () => {
    const { body } = await call('unnamed_at_once');
    expect(body.error?.code).toBe(-32603);
  });

  test('lets a handler clean up, and discards what it does after', async () => {
    log.length = 0;
    asked(await call('cleans_up'));
    expect(log).toEqual(['opened', 'closed']);
    asked(await call('swallows'));
  });

  test('keeps what the steps before it gave', async () => {
    log.length = 0;
    const { requestState } = asked(await call('steps'));
    const answer = await call('steps', { requestState, inputResponses: { question: accept('yes') } });
    expect(textOf(answer)).toBe('1, 2');
    expect(log).toEqual(['random', 'random']);
  });

  test('does not send the notifications before it again', async () => {
    const meta = { ...envelope({ elicitation: {} }), progressToken: 'p', 'io.modelcontextprotocol/logLevel': 'debug' };
    const raw = async (more: object) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'MCP-Protocol-Version': '2026-07-28',
          'Mcp-Method': 'tools/call',
          'Mcp-Name': 'tells',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'tells', _meta: meta, ...more },
        }),
      });
      return answer.text();
    };
    const first = await raw({});
    expect(first).toContain('notifications/progress');
    expect(first).toContain('"before"');
    const requestState = /"requestState":"([^"]+)"/.exec(first)?.[1];
    const second = await raw({ requestState, inputResponses: { question: accept('yes') } });
    expect(second).not.toContain('notifications/progress');
    expect(second).not.toContain('"before"');
    expect(second).toContain('"after"');
  });

  test('that its author keeps for another call is a fault of that call, which is answered', async () => {
    asked(await call('shares'));
    expect((await call('shares')).body.error?.code).toBe(-32603);
  });

  describe('and its state', () => {
    const states: [what: string, change: (state: string) => string][] = [
      ['is changed', (state) => (state.startsWith('A') ? `B${state.slice(1)}` : `A${state.slice(1)}`)],
      ['is cut', (state) => state.slice(0, -4)],
      ['is empty', () => ''],
      ['is something else', () => 'not a state'],
      ['is too long', () => 'A'.repeat(200_000)],
    ];
    test.each(states)('is refused where it %s', async (_what, change) => {
      const { requestState } = asked(await call('echo'));
      const { body } = await call('echo', { requestState: change(requestState) });
      expect(body.error?.code).toBe(-32602);
      expect(body.error?.message).toContain('requestState');
    });

    test.each([
      ['a number', { requestState: 7 }],
      ['answers that are a list', { inputResponses: [] }],
    ])('is refused where it comes as %s', async (_what, more) => {
      expect((await call('echo', more)).body.error?.code).toBe(-32602);
    });

    test('is refused for other arguments, and for another tool', async () => {
      const { requestState } = asked(await call('echo'));
      expect((await call('echo', { requestState, arguments: { n: 1 } })).body.error?.code).toBe(-32602);
      expect((await call('two_rounds', { requestState })).body.error?.code).toBe(-32602);
    });

    test('is refused for another URI, whatever else names it', async () => {
      const { requestState } = asked(await call('echo', { uri: 'x:1' }));
      expect((await call('echo', { requestState, uri: 'x:2' })).body.error?.code).toBe(-32602);
    });

    test('is refused after its time, and by a server that has another key', async () => {
      const secrets = async () => ['k'.repeat(32)];
      const short = await open({ protocol: { states: { secrets, ttlMs: -1 } } });
      const { requestState } = asked(await call('echo', {}, short.url));
      const late = await call('echo', { requestState }, short.url);
      expect(late.body.error?.message).toContain('has expired');
      expect((await call('echo', { requestState })).body.error?.code).toBe(-32602);
    });

    test('is refused where the schema of its tool has changed since', async () => {
      const states = { secrets: async () => ['k'.repeat(32)], ttlMs: 60_000 };
      const tools = catalog.tools?.map((each) => ({ ...each, inputSchema: { type: 'object' as const } }));
      const [before, after] = [
        await open({ protocol: { states } }),
        await open({ protocol: { states }, offer: { ...catalog, tools } }),
      ];
      const { requestState } = asked(await call('echo', {}, before.url));
      expect((await call('echo', { requestState }, after.url)).body.error?.code).toBe(-32602);
      expect(asked(await call('echo', { requestState }, before.url)).keys).toEqual(['question']);
    });

    test('is opened by any server that has the key, the older ones of a list too', async () => {
      const [old, next] = ['o'.repeat(32), 'n'.repeat(32)];
      const first = await open({ protocol: { states: { secrets: async () => [old], ttlMs: 60_000 } } });
      const second = await open({ protocol: { states: { secrets: async () => [next, old], ttlMs: 60_000 } } });
      const { requestState } = asked(await call('echo', {}, first.url));
      const answer = await call('echo', { requestState, inputResponses: { question: accept('yes') } }, second.url);
      expect(textOf(answer)).toBe('yes');
    });

    test('lies in the store where it is large, and only its name travels', async () => {
      const storage = openMemoryStorage({ ttlMs: 60_000, historyLimit: 1, maxSessions: 1 });
      const server = await open({ storage });
      const { requestState } = asked(await call('large', {}, server.url));
      expect(requestState.length).toBeLessThan(500);
      const answer = await call('large', { requestState, inputResponses: { question: accept('yes') } }, server.url);
      expect(textOf(answer)).toBe('10000');
      await storage.close();
    });

    test('has a bound, beyond which the call is a bug of its author', async () => {
      expect((await call('too_large')).body.error?.code).toBe(-32603);
    });
  });

  describe('before what may happen only once', () => {
    test('leads there once, however often its answer is sent, and each gets the same outcome', async () => {
      log.length = 0;
      const { requestState } = asked(await call('pays'));
      const pay = (answer: string) => call('pays', { requestState, inputResponses: { question: accept(answer) } });
      const answers = await Promise.all([pay('10'), pay('10'), pay('1000')]);
      expect(log).toHaveLength(1);
      expect(new Set(answers.map(textOf))).toEqual(new Set(['receipt 1']));
    });

    test('leads there once, also where an earlier round was answered twice', async () => {
      log.length = 0;
      const { requestState } = asked(await call('pays_after_two'));
      const inputResponses = { question: accept('x') };
      const [one, two] = [
        asked(await call('pays_after_two', { requestState, inputResponses })),
        asked(await call('pays_after_two', { requestState, inputResponses })),
      ];
      const pay = (state: string) =>
        call('pays_after_two', { requestState: state, inputResponses: { 'question#2': accept('10') } });
      expect(textOf(await pay(one.requestState))).toBe('receipt 1');
      expect(textOf(await pay(two.requestState))).toBe('receipt 1');
      expect(log).toEqual(['paid 10']);
    });

    test('leads there once, however long an answer to it is put off, asked again and again', async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      try {
        const ttlMs = 60_000;
        const values = memoryValueStore({ clock: () => Date.now() });
        const server = await open({ protocol: { states: { secrets: async () => ['k'.repeat(32)], ttlMs, values } } });
        log.length = 0;
        const { requestState } = asked(await call('pays', {}, server.url));
        const pay = (state: string) =>
          call('pays', { requestState: state, inputResponses: { question: accept('10') } }, server.url);
        let put = asked(await call('pays', { requestState }, server.url)).requestState;
        expect(textOf(await pay(requestState))).toBe('receipt 1');
        for (let round = 0; round < 20; round += 1) {
          vi.setSystemTime(Date.now() + ttlMs - 1_000);
          const again = await call('pays', { requestState: put }, server.url);
          if (again.body.error) break;
          put = asked(again).requestState;
        }
        expect((await pay(put)).body.error?.message).toContain('has expired');
        expect(log).toEqual(['paid 10']);
      } finally {
        vi.useRealTimers();
      }
    });

    test('is refused where servers share a key and no store', async () => {
      const server = await open({ protocol: { states: { secrets: async () => ['k'.repeat(32)], ttlMs: 60_000 } } });
      log.length = 0;
      const { requestState } = asked(await call('pays', {}, server.url));
      const answer = await call('pays', { requestState, inputResponses: { question: accept('10') } }, server.url);
      expect(answer.body.result).toMatchObject({ isError: true });
      expect(textOf(answer)).toContain('only once');
      expect(log).toEqual([]);
    });
  });
});
