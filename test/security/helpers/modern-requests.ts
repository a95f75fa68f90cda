import fc from 'fast-check';
import { META } from '../../../src/rpc/era.js';
import { envelope, MODERN } from '../../helpers/modern.js';
import { mutated, mutation, odd } from './requests.js';

/** One request of the modern era as it goes out, and what was done to it. */
export interface ModernFuzzed {
  readonly kind: 'envelope' | 'headers' | 'state' | 'responses' | 'anything';
  readonly message: { id: unknown; method: string; params: Record<string, unknown> };
  readonly headers: Readonly<Record<string, string>>;
  /** Of kind `state`: which of the open calls it goes on with, and what becomes of its state. */
  readonly state?: { readonly of: number; readonly change: StateChange; readonly seed: number };
}

export const STATE_CHANGES = [
  'none',
  'flip',
  'cut',
  'extend',
  'twice',
  'huge',
  'odd',
  'other user',
  'other tool',
  'other arguments',
  'swap halves',
] as const;
export type StateChange = (typeof STATE_CHANGES)[number];

const ALL = { elicitation: { form: {} }, sampling: {}, roots: {} };
const HEADER = {
  version: 'MCP-Protocol-Version',
  method: 'Mcp-Method',
  name: 'Mcp-Name',
  region: 'Mcp-Param-Region',
  count: 'Mcp-Param-Count',
  dry: 'Mcp-Param-Dry',
};
const accept = (answer: unknown) => ({ action: 'accept', content: { answer } });

export const base64 = (text: string | Uint8Array) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
/** As a client writes a value into a header ("Value Encoding"). */
const encoded = (value: unknown) => (/^[!-~]*$/.test(String(value)) ? String(value) : base64(String(value)));

const GOOD: readonly [method: string, params: Record<string, unknown>][] = [
  ['server/discover', {}],
  ['tools/list', {}],
  ['resources/list', {}],
  ['prompts/list', {}],
  ['tools/call', { name: 'place', arguments: { region: 'eu', count: 42, dry: true } }],
  ['tools/call', { name: 'place', arguments: { region: 'Hello, 世界', count: -7 } }],
  ['tools/call', { name: 'place', arguments: { region: '=?base64?ZXU=?=' } }],
  ['tools/call', { name: 'place', arguments: {} }],
  ['tools/call', { name: 'rounds', arguments: {} }],
  ['tools/call', { name: 'pay', arguments: { n: 1 } }],
  ['tools/call', { name: 'nobody', arguments: {} }],
  ['prompts/get', { name: 'nobody' }],
  ['resources/read', { uri: 'nobody://x' }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: 'b' } }],
  ['subscriptions/listen', { notifications: { toolsListChanged: true, resourceSubscriptions: ['a://b'] } }],
  ['ping', {}],
  ['logging/setLevel', { level: 'debug' }],
  ['initialize', { protocolVersion: MODERN, capabilities: {}, clientInfo: { name: 'f', version: '1' } }],
  ['tasks/get', { taskId: 'x' }],
  ['__proto__', {}],
];

/** The headers that belong to a request. */
export function headersOf(method: string, params: Record<string, unknown>): Record<string, string> {
  const named = ['tools/call', 'prompts/get'].includes(method) ? params.name : params.uri;
  const args = (method === 'tools/call' ? params.arguments : undefined) as Record<string, unknown> | undefined;
  const entries: [string, unknown][] = [
    [HEADER.version, MODERN],
    [HEADER.method, method],
    [HEADER.name, named],
    [HEADER.region, args?.region],
    [HEADER.count, args?.count],
    [HEADER.dry, args?.dry],
  ];
  const given = entries.filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, encoded(value)]));
}

const deep = (depth: number): unknown => (depth === 0 ? {} : { a: deep(depth - 1) });
const metaValue = fc.oneof(
  odd,
  fc.constantFrom<unknown>('2025-11-25', '2026-07-29', '1900-01-01', ` ${MODERN}`, 'v'.repeat(20_000), deep(200), ALL),
  fc.constantFrom<unknown>({ ['__proto__']: { elicitation: {} } }, { elicitation: 7 }, { elicitation: { url: {} } }),
);
const metaKey = fc.constantFrom(...Object.values(META), 'progressToken', '__proto__', 'constructor', 'traceparent');

const good = fc
  .constantFrom(...GOOD)
  .map(([method, params]) => ({ method, params: { _meta: envelope(ALL), ...params } }));
const id = fc.oneof(
  fc.constantFrom<unknown>(1, 0, -1, 'x', '', 2 ** 53 - 1, '__proto__'),
  fc.string({ maxLength: 20 }),
);

/** Headers of another value: what decoders stumble over. */
const headerValue = fc.oneof(
  fc.constantFrom(
    '=?base64??=',
    '=?base64?ZXU?=',
    '=?base64?ZXU==?=',
    '=?base64?ZX U=?=',
    '=?base64?ZXV=?=',
    '=?BASE64?ZXU=?=',
    '=?base64?ZXU=',
    '=?base64?ZXU=?=x',
    '=?base64?=?base64?ZXU=?=?=',
    base64(Uint8Array.of(0xff, 0xfe)),
    base64(Uint8Array.of(0xc0, 0x80)),
    base64(Uint8Array.of(0xed, 0xa0, 0x80)),
    base64('\ufeffeu'),
    base64('a'.repeat(9_000)),
    'caf\u00e9',
    '',
    '42.0',
    '0x2a',
    '1e1',
    '+42',
    '042',
    'TRUE',
    'tools/list',
    '__proto__',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replace(/[^ -~]/g, '')),
  fc.string({ maxLength: 30 }).map(base64),
  fc.uint8Array({ maxLength: 12 }).map(base64),
);

type Parts = Pick<ModernFuzzed, 'message' | 'headers'>;
const asParts = ([{ method, params }, ident]: [
  { method: string; params: Record<string, unknown> },
  unknown,
]): Parts => ({
  message: { id: ident, method, params },
  headers: headersOf(method, params),
});
const parts = fc.tuple(good, id).map(asParts);

const ofEnvelope = fc
  .tuple(parts, fc.array(fc.tuple(metaKey, fc.option(metaValue)), { minLength: 1, maxLength: 3 }))
  .map(([{ message, headers }, changes]): ModernFuzzed => {
    const meta = Object.entries(message.params._meta as object).filter(
      ([key]) => !changes.some(([name]) => name === key),
    );
    const added = changes.filter(([, value]) => value !== null);
    // `fromEntries` makes `__proto__` an own key, as JSON.parse does.
    const _meta = Object.fromEntries([...meta, ...added]);
    const version = _meta[META.protocolVersion];
    // A version that the header says as well, where a header can: what is refused then is the version.
    const said = typeof version === 'string' && /^[!-~]{1,100}$/.test(version) ? { [HEADER.version]: version } : {};
    return {
      kind: 'envelope',
      message: { ...message, params: { ...message.params, _meta } },
      headers: { ...headers, ...said },
    };
  });

const ofHeaders = fc
  .tuple(
    parts,
    fc.array(fc.tuple(fc.constantFrom(...Object.values(HEADER)), fc.option(headerValue)), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([{ message, headers }, changes]): ModernFuzzed => {
    const changed = { ...headers };
    for (const [name, value] of changes) {
      if (value === null) delete changed[name];
      else changed[name] = value;
    }
    return { kind: 'headers', message, headers: changed };
  });

const responseValue = fc.oneof(
  odd,
  fc.constantFrom<unknown>(
    accept('x'),
    accept(7),
    accept('a'.repeat(50_000)),
    { action: 'accept' },
    { action: 'decline', content: deep(150) },
    { action: '__proto__' },
    { roots: 'x' },
    { roots: [{ uri: 'javascript:1' }] },
    { role: 'assistant', content: null },
  ),
);
const responses = fc.oneof(
  { weight: 1, arbitrary: odd },
  {
    weight: 6,
    arbitrary: fc
      .array(
        fc.tuple(fc.constantFrom('first', 'second', 'roots', 'amount', '__proto__', 'first~1', 'x'), responseValue),
        { maxLength: 5 },
      )
      .map((entries) => Object.fromEntries(entries) as unknown),
  },
);

const ofState = (kind: 'state' | 'responses') =>
  fc
    .tuple(
      fc.nat({ max: 999 }),
      kind === 'state' ? fc.constantFrom(...STATE_CHANGES) : fc.constant('none' as const),
      fc.nat(),
      id,
      kind === 'state'
        ? fc.constant<unknown>({ first: accept('1'), second: accept('2'), amount: accept('3') })
        : responses,
    )
    .map(
      ([of, change, seed, ident, inputResponses]): ModernFuzzed => ({
        kind,
        message: { id: ident, method: 'tools/call', params: { inputResponses, _meta: envelope(ALL) } },
        headers: {},
        state: { of, change, seed },
      }),
    );

const anything = fc
  .tuple(parts, fc.array(mutation, { minLength: 1, maxLength: 2 }))
  .map(([{ message, headers }, mutations]): ModernFuzzed => {
    const changed = mutations.reduce<unknown>(mutated, message) as ModernFuzzed['message'];
    return { kind: 'anything', message: changed, headers };
  });

export const modernFuzzed: fc.Arbitrary<ModernFuzzed> = fc.oneof(
  ofEnvelope,
  ofHeaders,
  ofState('state'),
  ofState('responses'),
  anything,
);
