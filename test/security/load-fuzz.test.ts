import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { longestWait } from './helpers/probe.js';

/** Of the body, bytes: a little less than what the server takes. */
const BODY = 1_000_000;
/** What no request may keep another waiting for, ms. */
const WAIT_MS = 100;
/** A machine that is busy with something else delays an answer now and then; what the server itself does, it does each time. */
const TRIES = 3;

/** As many of `unit` as fit into `length` characters. */
const many = (unit: string, separator = '', length = BODY) =>
  Array(Math.floor(length / (unit.length + separator.length)))
    .fill(unit)
    .join(separator);
const call = (name: string, args: object) => ['tools/call', { name, arguments: args }] as const;
const prompt = (name: string, args: object) => ['prompts/get', { name, arguments: args }] as const;
const completion = (ref: object, name: string, value: string, others?: object) =>
  [
    'completion/complete',
    { ref, argument: { name, value }, ...(others && { context: { arguments: others } }) },
  ] as const;
const keys = (count: number, value: unknown, name = 'k') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, value]));
const variables = (value: number) => keys(50, value, 'v');
const sums = [
  'exp(9)',
  'tan(.7)',
  'tan(9e14)',
  'sin(9e14)',
  'ln(7e9)',
  'ln(9.87654321e998)',
  '9e9^9.7',
  '.1^9.123',
  'cbrt(7)',
  'atan(.3)',
  'asin(.3)',
  'acos(.3)',
  'acos(1e-30)',
  'log(3,7)',
  'log2(7)',
  'exp(-2e3)',
  '1e999^.01',
  'factorial(170)',
  'permutations(9e15,19)',
  'combinations(1028,514)',
  '1e999%7',
  '.999999^9007199254740991',
  'sqrt(7)',
  '(1+1e-30)^1e30',
  '1',
].map((unit): [string, string] => [unit, many(unit, '+', 999)]);
const words = [
  '1 and 2',
  'one',
  'one hundred and',
  'the sum of 3 and 4',
  'half of ',
  '(1',
  '(',
  ')',
  '()',
  '1,',
  'please ',
  'what is ',
  '√',
  '5% of 3',
  '3 apples and ',
  'sum of (1) and ',
];
const long: [string, string][] = [
  ['letters', many('a')],
  ['spaces', many(' ')],
  ['words', Array.from({ length: BODY / 8 }, (_, at) => at.toString(36)).join(' ')],
  ['lines', many('\n', '', BODY / 2)],
  ['dotted capitals', many('İ', '', BODY / 2)],
  ['signs', many('"', '', BODY / 2)],
  ['percent', many('%41')],
  ['slashes', many('/')],
  ['capitals', many('A')],
  ['surrogates', many('𝒜', '', BODY / 2)],
];

const attacks: [string, unknown][] = [
  ...sums.flatMap(([name, expression]): [string, unknown][] => [
    [`evaluate ${name}`, request(...call('evaluate', { expression }))],
    [`solve ${name}`, request(...call('solve_math_problem', { problem: expression }))],
    [`explain ${name}`, request(...prompt('explain-calculation', { expression }))],
  ]),
  ...['tan', 'exp', 'acos', 'sqrt'].map((name): [string, unknown] => [
    `solve nested ${name}`,
    request(...call('solve_math_problem', { problem: `${`${name}(`.repeat(20)}0.1${')'.repeat(20)}` })),
  ]),
  [
    'evaluate powers of variables',
    request(...call('evaluate', { expression: many('v1^v2', '+', 749), variables: variables(9.87654321e9) })),
  ],
  ['evaluate too long', request(...call('evaluate', { expression: many('1', '+') }))],
  ['evaluate many variables', request(...call('evaluate', { expression: '1', variables: keys(60_000, 1) }))],
  ['evaluate bad variables', request(...call('evaluate', { expression: '1', variables: keys(60_000, '', '%') }))],
  ['evaluate unknown arguments', request(...call('evaluate', { expression: '1', ...keys(60_000, 1) }))],
  ...words.flatMap((unit): [string, unknown][] => [
    [`solve words ${unit}`, request(...call('solve_math_problem', { problem: many(unit, ' ', 999) }))],
    [`assistant words ${unit}`, request(...call('calculator_assistant', { query: many(unit, ' ', 999) }))],
  ]),
  [
    'batch_calculate 100',
    request(
      ...call('batch_calculate', {
        calculations: Array(100).fill({ a: 1e308, b: 3.3333, op: 'divide', precision: 15 }),
        reportProgress: true,
      }),
    ),
  ],
  [
    'batch_calculate too many',
    request(...call('batch_calculate', { calculations: Array(20_000).fill({ a: 1, b: 3, op: 'divide' }) })),
  ],
  ['batch_calculate empty ones', request(...call('batch_calculate', { calculations: Array(300_000).fill({}) }))],
  ['batch_calculate numbers', request(...call('batch_calculate', { calculations: Array(450_000).fill(1) }))],
  [
    'calculate huge number',
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"calculate","arguments":{"a":${many('9')},"b":1,"op":"add"}}}`,
  ],
  ['advanced', request(...call('advanced_calculate', { operation: 'combinations', value: 9e15, k: 4.5e15 }))],
  ['calculate unknown arguments', request(...call('calculate', { a: 1, b: 2, op: 'add', ...keys(60_000, {}) }))],
  ['demo_progress', request(...call('demo_progress', { steps: 1, ...keys(60_000, {}) }))],
  ['history_summary', request(...call('history_summary', keys(60_000, {})))],
  ...long.flatMap(([name, text]): [string, unknown][] => [
    [`evaluate ${name}`, request(...call('evaluate', { expression: text }))],
    [`solve ${name}`, request(...call('solve_math_problem', { problem: text }))],
    [`assistant ${name}`, request(...call('calculator_assistant', { query: text }))],
    [`explain_formula ${name}`, request(...call('explain_formula', { formula: text, context: text.slice(0, 10) }))],
    [`unknown tool ${name}`, request(...call(text, {}))],
    [`unknown method ${name}`, request(text, {})],
    [`prompt explain-calculation ${name}`, request(...prompt('explain-calculation', { expression: text }))],
    [`prompt generate-problems ${name}`, request(...prompt('generate-problems', { topic: text }))],
    [`prompt generate-problems count ${name}`, request(...prompt('generate-problems', { topic: 'a', count: text }))],
    [`prompt calculator-tutor ${name}`, request(...prompt('calculator-tutor', { topic: text }))],
    [`prompt solve ${name}`, request(...prompt('solve_math_problem', { problem: text }))],
    [`prompt explain_formula ${name}`, request(...prompt('explain_formula', { formula: text }))],
    [
      `prompt explain_formula context ${name}`,
      request(...prompt('explain_formula', { formula: text.slice(0, BODY / 4), context: text.slice(0, BODY / 4) })),
    ],
    [`prompt assistant ${name}`, request(...prompt('calculator_assistant', { query: text }))],
    [`prompt unknown ${name}`, request(...prompt(text, {}))],
    [`read ${name}`, request('resources/read', { uri: text })],
    [`read table ${name}`, request('resources/read', { uri: `calculator://tables/${text}` })],
    [`read history ${name}`, request('resources/read', { uri: `calculator://history/${text}` })],
    [`read session ${name}`, request('resources/read', { uri: `session://info/${text}` })],
    [
      `complete formula ${name}`,
      request(...completion({ type: 'ref/prompt', name: 'explain_formula' }, 'formula', text)),
    ],
    [
      `complete topic ${name}`,
      request(...completion({ type: 'ref/prompt', name: 'generate-problems' }, 'topic', text)),
    ],
    [`complete level ${name}`, request(...completion({ type: 'ref/prompt', name: 'calculator-tutor' }, 'level', text))],
    [
      `complete table ${name}`,
      request(...completion({ type: 'ref/resource', uri: 'calculator://tables/{n}' }, 'n', text)),
    ],
    [
      `complete history ${name}`,
      request(
        ...completion({ type: 'ref/resource', uri: 'calculator://history/{calculationId}' }, 'calculationId', text),
      ),
    ],
    [
      `complete session ${name}`,
      request(...completion({ type: 'ref/resource', uri: 'session://info/{sessionId}' }, 'sessionId', text)),
    ],
    [`complete unknown ${name}`, request(...completion({ type: 'ref/resource', uri: text }, 'n', ''))],
    [`cursor ${name}`, request('tools/list', { cursor: text })],
    [`cursor of resources ${name}`, request('resources/list', { cursor: text })],
    [`level ${name}`, request('logging/setLevel', { level: text })],
    [
      `cancel ${name}`,
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: text, reason: text.slice(0, 9) } },
    ],
    [`answer ${name}`, { jsonrpc: '2.0', id: text, result: {} }],
    [`id ${name}`, request('ping', {}, text)],
  ]),
  ['prompt many arguments', request(...prompt('explain_formula', { formula: 'x', ...keys(60_000, 'v') }))],
  [
    'complete many others',
    request(...completion({ type: 'ref/prompt', name: 'explain_formula' }, 'formula', '', keys(60_000, 'v'))),
  ],
  ['meta', request('ping', { _meta: keys(60_000, 1) })],
  ['numbers', `[${many('1', ',')}]`],
  ['batch too long', `[${many('{}', ',')}]`],
  ['deep', `${many('[', '', 150)}${many('[]', ',')}${many(']', '', 150)}`],
  ['too deep', many('[')],
  ['not JSON', many('{"a":', '', BODY)],
  [
    'sparse',
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{${Array.from({ length: 60_000 }, (_, at) => `"${at * 65_536}":1`).join(',')}}}`,
  ],
  [
    'numbers with a thousand digits',
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${many('9'.repeat(999), ',')}]}}`,
  ],
  [
    'small numbers',
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[${many(`0.${'0'.repeat(300)}${'1'.repeat(700)}e-9`, ',')}]}}`,
  ],
  ...sums.map(([name, expression]): [string, unknown] => [
    `batch of evaluate ${name}`,
    Array.from({ length: 100 }, (_, id) => request(...call('evaluate', { expression }), id)),
  ]),
  [
    'batch of solve',
    Array.from({ length: 100 }, (_, id) => request(...call('solve_math_problem', { problem: sums[10]?.[1] }), id)),
  ],
  [
    'batch of words',
    Array.from({ length: 100 }, (_, id) =>
      request(...call('solve_math_problem', { problem: many('5% of 3', ' ', 999) }), id),
    ),
  ],
  [
    'batch of explain_formula',
    Array.from({ length: 100 }, (_, id) =>
      request(...prompt('explain_formula', { formula: many('ab', ' ', 9_000) }), id),
    ),
  ],
  ['batch of lists', Array.from({ length: 100 }, (_, id) => request('resources/list', {}, id))],
  [
    'batch of libraries',
    Array.from({ length: 100 }, (_, id) => request('resources/read', { uri: 'formulas://library' }, id)),
  ],
  ['batch of tools', Array.from({ length: 100 }, (_, id) => request('tools/list', {}, id))],
  [
    'batch of batches',
    Array.from({ length: 100 }, (_, id) =>
      request(...call('batch_calculate', { calculations: Array(100).fill({ a: 1e308, b: 3.3333, op: 'divide' }) }), id),
    ),
  ],
  [
    'batch of empty ones',
    Array.from({ length: 100 }, (_, id) =>
      request(...call('batch_calculate', { calculations: Array(3_000).fill({}) }), id),
    ),
  ],
  [
    'batch of answers',
    Array.from({ length: 100 }, (_, at) => ({ jsonrpc: '2.0', id: `n.1:${at}`, result: { a: many('a', '', 9_000) } })),
  ],
];

for (const mode of ['--stateless', '--stateful']) {
  let server: SpawnedServer;
  let headers: Record<string, string>;
  beforeAll(async () => {
    server = await spawnServer(['http', mode]);
    headers =
      mode === '--stateful'
        ? await openSession(`${server.origin}/mcp`, { version: '2025-03-26' })
        : { 'MCP-Protocol-Version': '2025-03-26' };
  });
  afterAll(() => server.stop());

  test(`no request of a megabyte keeps a probe of a ${mode.slice(2)} server waiting`, async () => {
    const slow: string[] = [];
    for (const [name, body] of attacks) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const waits: number[] = [];
      let status = 0;
      let answer = '';
      for (let turn = 0; turn < TRIES; turn += 1) {
        waits.push(
          await longestWait(server, async () => {
            const response = await post(`${server.origin}/mcp`, text, headers);
            status = response.status;
            answer = await response.text();
          }),
        );
        if (Math.min(...waits) < WAIT_MS) break;
      }
      const least = Math.min(...waits);
      if (process.env.SHOW)
        console.log(
          least.toFixed(0).padStart(6),
          status,
          String(text.length).padStart(8),
          String(answer.length).padStart(8),
          name,
        );
      if (least >= WAIT_MS) slow.push(`${name}: ${least.toFixed(0)} ms`);
    }
    expect(slow).toEqual([]);
  }, 600_000);
}
