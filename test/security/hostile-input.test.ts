import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

/** No text, however it was made, may hold the process for longer, ms. */
const PATIENCE_MS = 2_000;
const LONG = 1_000;

// In this process, where what was polluted would show.
let server: McpServer;
let session: Record<string, string>;
beforeAll(async () => {
  server = await startMcpServer();
  session = await openSession(server.url);
});
afterAll(() => server.close());

describe('JSON that names prototypes', () => {
  const POISON =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1},"toJSON":1,"hasOwnProperty":1}';

  test.each([
    [
      'initialize',
      `{"capabilities":${POISON},"clientInfo":{"name":"x","version":"1","__proto__":${POISON}},"__proto__":${POISON}}`,
    ],
    ['tools/call', `{"name":"calculate","arguments":{"a":1,"b":2,"op":"add","__proto__":${POISON}},"_meta":${POISON}}`],
    ['tools/call', `{"name":"evaluate","arguments":{"expression":"polluted + 1","variables":${POISON}}}`],
    ['tools/call', `{"name":"__proto__","arguments":${POISON}}`],
    ['prompts/get', `{"name":"explain-calculation","arguments":{"expression":"1","__proto__":"x","constructor":"y"}}`],
    [
      'completion/complete',
      `{"ref":{"type":"ref/prompt","name":"generate-problems","__proto__":${POISON}},"argument":{"name":"__proto__","value":""},"context":{"arguments":{"__proto__":"x"}}}`,
    ],
    ['resources/subscribe', `{"uri":"calculator://history","__proto__":${POISON}}`],
    ['__proto__', POISON],
  ])('pollutes nothing as the params of %s: %s', async (method, params) => {
    const answer = await post(
      server.url,
      `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params},"__proto__":${POISON}}`,
      session,
    );
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain('-32603');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(
      (await ask(server.url, session, callOf('calculate', { a: 1, b: 2, op: 'add' }))).result.structuredContent.value,
    ).toBe(3);
  });
});

describe('text that was made to be slow', () => {
  const PARTS = [
    'a',
    ' ',
    '1',
    '1 ',
    '(',
    '-',
    '1+',
    'of ',
    '% of ',
    'area of ',
    'rectangle ',
    'by ',
    '. ',
    ',',
    '\t',
    '9^',
    '!',
    'what is ',
    'the ',
    '1.1',
    'e',
    '²',
    'x²+',
    '/',
    '"',
    '=',
    '\u00a0',
    'ü',
    '{',
    '%20',
    '[',
    '\\',
  ];
  const texts = PARTS.flatMap((part) => [
    part.repeat(LONG).slice(0, LONG),
    `${part.repeat(LONG).slice(0, LONG - 1)}!`,
    `1${part.repeat(LONG).slice(0, LONG - 2)}x`,
  ]);
  const USES: [string, (text: string) => Record<string, unknown>][] = [
    ['evaluate', (expression) => callOf('evaluate', { expression })],
    ['solve_math_problem', (problem) => callOf('solve_math_problem', { problem })],
    ['calculator_assistant', (query) => callOf('calculator_assistant', { query })],
    [
      'explain_formula',
      (text) => callOf('explain_formula', { formula: text.slice(0, 200), context: text.slice(0, 500) }),
    ],
    ['a resource', (text) => request('resources/read', { uri: `calculator://tables/${text.repeat(20)}` })],
    [
      'a prompt',
      (text) => request('prompts/get', { name: 'explain-calculation', arguments: { expression: text.repeat(20) } }),
    ],
    ['a cursor', (text) => request('tools/list', { cursor: text.repeat(20) })],
    [
      'a completion',
      (text) =>
        request('completion/complete', {
          ref: { type: 'ref/prompt', name: 'generate-problems' },
          argument: { name: 'topic', value: text },
        }),
    ],
  ];

  test.each(USES)('is answered by %s before anybody notices', async (_where, make) => {
    for (const text of texts) {
      const started = performance.now();
      const answer = await post(server.url, make(text), session);
      expect(await answer.text(), text.slice(0, 40)).not.toContain('-32603');
      expect(performance.now() - started, text.slice(0, 40)).toBeLessThan(PATIENCE_MS);
    }
  });

  test('is overlooked in headers', async () => {
    for (const part of ['a', ',', ';', 'q=0,', '*/*;', ' ', '-', '.', ':', '=', '[::', 'http://']) {
      const text = part.repeat(4_000 / part.length);
      const started = performance.now();
      for (const name of [
        'Accept',
        'Content-Type',
        'Authorization',
        'MCP-Protocol-Version',
        'Mcp-Session-Id',
        'Last-Event-ID',
        'Origin',
        'X-Forwarded-For',
        'traceparent',
        'X-Request-Id',
        'Content-Encoding',
      ]) {
        const { status } = await fetch(server.url, { headers: { ...session, [name]: text } });
        expect([name, part, status < 500]).toEqual([name, part, true]);
      }
      expect(performance.now() - started, part).toBeLessThan(PATIENCE_MS);
    }
  });
});
