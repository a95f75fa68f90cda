import fc from 'fast-check';

/** One request as it goes out. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** One good message of every kind; what goes out is one of them with some of its parts replaced. */
const GOOD: readonly object[] = [
  [
    'initialize',
    {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: {}, sampling: {} },
      clientInfo: { name: 'f', version: '1' },
    },
  ],
  ['initialize', {}],
  ['ping'],
  ['tools/list', { cursor: 'x' }],
  ['tools/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['prompts/list', {}],
  ...[
    'calculator://constants',
    'calculator://stats',
    'calculator://history',
    'calculator://history/x',
    'session://info',
    'formulas://library',
    'request://current',
    'calculator://tables/7',
    'session://info/%00',
  ].map((uri) => ['resources/read', { uri }]),
  ['resources/subscribe', { uri: 'calculator://history' }],
  ['resources/unsubscribe', { uri: 'calculator://history' }],
  ['prompts/get', { name: 'explain-calculation', arguments: { expression: '1 + 1', level: 'basic' } }],
  ['prompts/get', { name: 'review-history' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'generate-problems' }, argument: { name: 'topic', value: 'a' } },
  ],
  [
    'completion/complete',
    {
      ref: { type: 'ref/resource', uri: 'calculator://tables/{n}' },
      argument: { name: 'n', value: '1' },
      context: { arguments: {} },
    },
  ],
  ['logging/setLevel', { level: 'debug' }],
  ['tasks/list', {}],
  ...Object.entries({
    calculate: { a: 1, b: 3, op: 'divide', precision: 4, stream: true },
    batch_calculate: {
      calculations: [
        { a: 1, b: 2, op: 'add' },
        { a: 1, b: 0, op: 'divide' },
      ],
      reportProgress: true,
    },
    advanced_calculate: { operation: 'permutations', value: 9, k: 3, base: 2 },
    evaluate: { expression: '2 * (3 + x) ^ 2', variables: { x: 1 } },
    demo_progress: { steps: 1 },
    solve_math_problem: { problem: '20% of 150', showSteps: true },
    explain_formula: { formula: 'pythagorean theorem', context: 'a roof', examples: true },
    calculator_assistant: { query: 'what did I calculate?', includeHistory: true },
    history_summary: { limit: 3 },
  }).map(([name, args]) => ['tools/call', { name, arguments: args, _meta: { progressToken: 'p', traceparent: '00' } }]),
].map(([method, params]) => ({ jsonrpc: '2.0', id: 1, method, ...(params !== undefined && { params }) }));
const UNASKED: readonly object[] = [
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, reason: 'x' } },
  { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'x.1:0', progress: 1 } },
  { jsonrpc: '2.0', id: 'x.1:0', result: { action: 'accept', content: {} } },
  { jsonrpc: '2.0', id: 1, error: { code: -1, message: 'no', data: {} } },
];

/** Values that have been trouble somewhere, and any others. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    -0,
    1e308,
    5e-324,
    2 ** 53,
    '',
    '__proto__',
    'constructor',
    '\0',
    '\u2028',
    '\ud800',
    '💥',
    'a'.repeat(3_000),
    '('.repeat(900),
    '9^'.repeat(90),
    [],
    {},
    [[]],
    true,
  ),
  fc.constantFrom(
    0,
    1,
    -1,
    100,
    171,
    0.1,
    'add',
    'power',
    'factorial',
    'area of a rectangle',
    'circle',
    'sqrt(-1)',
    '1/0',
    'calculator://history/',
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.string({ maxLength: 60 }),
);

/** A copy of a message in which one part, at any depth, has another value, another name beside it, or is gone. */
export function mutated(message: unknown, [pick, value, how]: [number, unknown, 'replace' | 'add' | 'drop']): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(message));
  const places: [Record<string, unknown>, string][] = [];
  const visit = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return;
    for (const [name, inner] of Object.entries(part)) {
      places.push([part as Record<string, unknown>, name]);
      visit(inner);
    }
  };
  visit(copy);
  const [holder, name] = places[pick % Math.max(places.length, 1)] ?? [];
  if (holder === undefined || name === undefined) return value;
  if (how === 'drop') delete holder[name];
  else holder[how === 'add' ? (['extra', '__proto__', 'toJSON', 'task'][pick % 4] as string) : name] = value;
  return copy;
}

export const mutation = fc.tuple(
  fc.nat({ max: 999 }),
  odd,
  fc.constantFrom('replace', 'replace', 'add', 'drop'),
) as fc.Arbitrary<[number, unknown, 'replace']>;
const rpc = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...GOOD) }, { weight: 1, arbitrary: fc.constantFrom(...UNASKED) }),
    fc.array(mutation, { maxLength: 2 }),
  )
  .map(([message, mutations]) => mutations.reduce<unknown>(mutated, message));
const json = fc
  .oneof(
    { weight: 20, arbitrary: rpc },
    { weight: 1, arbitrary: fc.array(rpc, { maxLength: 4 }) },
    { weight: 1, arbitrary: odd },
  )
  .map((value) => JSON.stringify(value) ?? '');

const body = fc.oneof(
  { weight: 20, arbitrary: json },
  { weight: 1, arbitrary: fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(json, fc.nat(), fc.string())
      .map(([text, at, more]) => text.slice(0, at % (text.length + 1)) + more + text.slice(at % (text.length + 1))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom('', 'null', '[', '[]', '{"a":'.repeat(2_000), `[${'1,'.repeat(500)}1]`) },
);

/** What Node's client lets through: visible Latin-1. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code < 0x7f || code > 0x9f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const header = (...usual: string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: headerText });

/** `SESSION`, `CONNECTION` and `TOKEN` stand for real ones, which whoever sends it puts in. */
const headers = fc.record(
  {
    'Content-Type': header('application/json', 'application/json', 'application/json; charset=utf-8', 'text/plain'),
    Accept: header(
      'application/json, text/event-stream',
      '*/*',
      'text/event-stream',
      'application/json',
      'text/html;q=0',
    ),
    'Mcp-Session-Id': header('SESSION', 'SESSION', 'SESSION', 'CONNECTION'),
    'MCP-Protocol-Version': header('2025-11-25', '2025-03-26', '1999-01-01'),
    'Last-Event-ID': header('standalone:1', 'x.1:1', ':'),
    Origin: header('http://localhost', 'http://localhost:5173', 'http://127.0.0.1', 'null'),
    Host: fc.constantFrom('localhost', 'localhost', '127.0.0.1:1', '[::1]', 'evil.example', 'a@b'),
    Authorization: header('Bearer TOKEN', 'Bearer TOKEN', 'Bearer TOKENx', 'Basic YTpi', 'Bearer'),
    'X-Forwarded-For': header('1.2.3.4', '::1, 5'),
    'X-Request-Id': header('r-1'),
    traceparent: header(`00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`),
    'Content-Encoding': header('identity', 'gzip'),
    Cookie: headerText,
    Range: header('bytes=0-'),
    'If-None-Match': header('*'),
  },
  { requiredKeys: [] },
);
/** Most of them get as far as a message can. */
const usual = fc.record({
  'Content-Type': fc.constant('application/json'),
  'Mcp-Session-Id': fc.constant('SESSION'),
  Authorization: fc.constant('Bearer TOKEN'),
});

const path = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      '/mcp',
      '/mcp',
      '/mcp',
      '/mcp',
      '/messages?sessionId=CONNECTION',
      '/message?sessionId=CONNECTION',
      '/messages',
      '/sse',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/health',
      '/health/detailed',
      '/livez',
      '/readyz',
      '/metrics',
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-authorization-server',
      '/authorize',
      '/token',
      '/',
      '*',
      '//',
      '/mcp/',
      '/%',
      '/mcp%00',
      '/../etc/passwd',
      '/mcp?access_token=x',
      '/messages?sessionId=%E0%A4%A',
      '/messages?sessionId=a&sessionId[]=b',
      'http://localhost/mcp',
      'http://[',
      'http:////mcp',
    ),
  },
  { weight: 1, arbitrary: fc.webPath().map((text) => `/${text.replace(/^\/+/, '')}`) },
);

const OTHER_METHODS = 'GET GET DELETE OPTIONS HEAD PUT PATCH TRACE PROPFIND M-SEARCH FOO'.split(' ');

const anything = fc.record({
  method: fc.oneof(
    { weight: 5, arbitrary: fc.constant('POST') },
    { weight: 2, arbitrary: fc.constantFrom(...OTHER_METHODS) },
  ),
  path,
  headers: fc.oneof(
    { weight: 1, arbitrary: headers },
    { weight: 2, arbitrary: fc.tuple(headers, usual).map(([some, most]) => ({ ...some, ...most })) },
  ) as fc.Arbitrary<Record<string, string>>,
  body: fc.option(body, { nil: undefined, freq: 15 }),
});
/** A message that gets to the handlers, in spite of what was done to it. */
const plain = fc.record({
  method: fc.constant('POST'),
  path: fc.constantFrom('/mcp', '/mcp', '/mcp', '/messages?sessionId=CONNECTION'),
  headers: usual,
  body: json,
});

export const fuzzedRequest: fc.Arbitrary<FuzzedRequest> = fc.oneof(anything, plain);
