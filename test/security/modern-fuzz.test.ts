import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eraOf, META } from '../../src/rpc/era.js';
import type { RpcRequest } from '../../src/rpc/messages.js';
import { isObject } from '../../src/rpc/messages.js';
import { dataOf } from '../helpers/event-reader.js';
import { envelope, post } from '../helpers/modern.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { growth, LEAK, NODE_OPTIONS, rss, send } from './helpers/bombard.js';
import type { ModernFuzzed } from './helpers/modern-requests.js';
import { headersOf, modernFuzzed } from './helpers/modern-requests.js';

const GUARDED = fileURLToPath(new URL('../fixtures/guarded.js', import.meta.url));
const COUNT = 10_000;
const CONNECTIONS = 12;
/** Open calls whose states are attacked. */
const OPEN = 40;
/** Bytes of headers that Node reads; who sends two of many thousand letters may be refused for them (431). */
const HEADERS_TAKEN = 15_000;
const WARM_UP = 0.4;
const SAMPLE_EVERY = 250;
const MAY_GROW = 30_000_000;
/** Names the requests of a run that failed, to send them again. */
const SEED = Number(process.env.SEED ?? randomBytes(4).readInt32BE());

/** What the specification has for an error, by its code; a handler's own come with 200. */
const STATUSES: Readonly<Record<number, readonly number[]>> = {
  [-32700]: [400],
  [-32600]: [400],
  [-32601]: [404],
  [-32602]: [400, 200],
  [-32020]: [400],
  [-32021]: [400],
  [-32022]: [400],
};

interface OpenCall {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly requestState: string;
}

let server: SpawnedServer;
let ann: Record<string, string>;
let bob: Record<string, string>;
const calls: OpenCall[] = [];

beforeAll(async () => {
  const secret = randomBytes(32).toString('hex');
  const as = async (sub: string) => {
    const token = await new SignJWT({ sub })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://one.example')
      .setAudience('https://calc.example')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret));
    return { Authorization: `Bearer ${token}` };
  };
  [ann, bob] = await Promise.all([as('ann'), as('bob')]);
  const auth = ['--auth', 'jwt', '--jwt-issuer', 'https://one.example', '--base-uri', 'https://calc.example'];
  server = await spawnServer(['http', ...auth, '--server', GUARDED], { JWT_SECRET: secret, NODE_OPTIONS });
  for (let n = 0; n < OPEN; n += 1) {
    const [tool, args] = [n % 2 ? 'pay' : 'rounds', { n }];
    const params = { name: tool, arguments: args, _meta: envelope({ elicitation: {}, roots: {} }) };
    const { body } = await post(`${server.origin}/mcp`, 'tools/call', params, { headers: ann });
    calls.push({ tool, args, requestState: String(body.result?.requestState) });
  }
});
afterAll(() => server.stop('SIGKILL'));

/** The state as it goes out: base64url, so that each change is of what is sealed and not of how it is written. */
function changed({ requestState }: OpenCall, { change, seed }: NonNullable<ModernFuzzed['state']>): unknown {
  const bytes = Buffer.from(requestState, 'base64url');
  switch (change) {
    case 'flip':
      bytes.writeUInt8(bytes.readUInt8(seed % bytes.length) ^ (1 << (seed % 8)), seed % bytes.length);
      return bytes.toString('base64url');
    case 'cut':
      return bytes.subarray(0, seed % bytes.length).toString('base64url');
    case 'extend':
      return Buffer.concat([bytes, Buffer.from([seed % 256])]).toString('base64url');
    case 'twice':
      return requestState.repeat(2);
    case 'huge':
      return 'A'.repeat(600_000);
    case 'odd':
      return ['', 7, null, {}, [requestState], '💥', '__proto__'][seed % 7];
    case 'swap halves':
      return Buffer.concat([bytes.subarray(bytes.length / 2), bytes.subarray(0, bytes.length / 2)]).toString(
        'base64url',
      );
    default:
      return requestState;
  }
}

/** The request as it goes out, by whom. */
function prepared({ message, headers, state }: ModernFuzzed): { text: string; headers: Record<string, string> } {
  if (!state) return { text: JSON.stringify({ jsonrpc: '2.0', ...message }), headers: { ...headers, ...ann } };
  const call = calls[state.of % calls.length] as OpenCall;
  const isOther = state.change === 'other tool';
  const name = isOther ? (call.tool === 'pay' ? 'rounds' : 'pay') : call.tool;
  const args = state.change === 'other arguments' ? { n: -1 } : call.args;
  const params = { ...message.params, name, arguments: args, requestState: changed(call, state) };
  const who = state.change === 'other user' ? bob : ann;
  return {
    text: JSON.stringify({ jsonrpc: '2.0', ...message, params }),
    headers: { ...headersOf('tools/call', params), ...who },
  };
}

test(`${COUNT} fuzzed requests of the modern era: each is answered as the specification says, and none harms the server`, {
  timeout: 240_000,
}, async () => {
  console.log(`SEED=${SEED}`);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const requests = fc.sample(modernFuzzed, { numRuns: COUNT, seed: SEED });
  const outcomes = new Map<string, number>();
  const receipts = new Map<OpenCall, Set<string>>();
  const memory: number[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < requests.length; at = next++) {
      const one = requests[at] as ModernFuzzed;
      const { text, headers } = prepared(one);
      const why = `seed ${SEED}, request ${at}: ${one.kind} ${JSON.stringify(one.state)} ${JSON.stringify(headers)} ${text.slice(0, 2_000)}`;
      const sent = {
        method: 'POST',
        path: '/mcp',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: text,
      };
      const answer = await send(server, agent, sent).catch((error: unknown) =>
        Promise.reject(new Error(`${String(error)}, ${why}`)),
      );
      expect(answer.body, why).not.toMatch(LEAK);
      const outcome = judged(one, answer, `${why}\n${answer.status} ${answer.body.slice(0, 500)}`);
      outcomes.set(`${one.kind} ${outcome}`, (outcomes.get(`${one.kind} ${outcome}`) ?? 0) + 1);
      const receipt = /receipt [\w-]+/.exec(answer.body)?.[0];
      if (receipt !== undefined && one.state) {
        const call = calls[one.state.of % calls.length] as OpenCall;
        receipts.set(call, (receipts.get(call) ?? new Set()).add(receipt));
      }
      if (at % SAMPLE_EVERY === 0 && at > COUNT * WARM_UP) memory.push(await rss(server));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();

  // They got everywhere.
  const seen = JSON.stringify([...outcomes].sort());
  for (const outcome of [
    'envelope -32602',
    'envelope -32022',
    'envelope complete',
    'headers -32020',
    'headers complete',
    'state -32602',
    'state complete',
    'responses complete',
    'responses input_required',
    'responses -32602',
    'anything -32601',
  ])
    expect(outcomes.has(outcome), `${outcome} is not among ${seen}`).toBe(true);
  expect(receipts.size, seen).toBeGreaterThan(0);
  for (const [{ args }, of] of receipts) expect([args, of.size]).toEqual([args, 1]);
  expect(growth(memory), `resident set: ${memory.join()}`).toBeLessThan(MAY_GROW);
  expect(server.child.exitCode).toBeNull();
  expect(server.log.filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
  const last = await post(`${server.origin}/mcp`, 'server/discover', {}, { headers: ann });
  expect(last.body.result).toMatchObject({ resultType: 'complete' });
});

/** What an answer is, after all that must hold for it: a kind of result, or a code. */
function judged(
  { kind, message, headers, state }: ModernFuzzed,
  { status, body }: { status: number; body: string },
  why: string,
) {
  if (status === 431) {
    expect(JSON.stringify(headers).length, why).toBeGreaterThan(HEADERS_TAKEN);
    return 'too large';
  }
  expect([200, 202, 400, 404, 406, 413], why).toContain(status);
  // What listens is cut off by who sent it.
  const text = body.startsWith('event:') ? (dataOf(body) ?? '{}') : body;
  if (text === '') {
    expect([202, 200], why).toContain(status);
    return 'nothing';
  }
  const answer = JSON.parse(text) as {
    id?: unknown;
    method?: string;
    result?: { resultType?: string; _meta?: object };
    error?: { code: number; data?: Record<string, unknown> };
  };
  // Without its envelope it may be of the legacy era, which has codes and results of its own.
  const isLegacy =
    !state &&
    isObject(message) &&
    eraOf(
      { ...message, params: isObject(message.params) ? message.params : {} } as RpcRequest,
      headers['MCP-Protocol-Version'],
    ) === 'legacy';
  const isAltered = state !== undefined && state.change !== 'none';
  if (answer.error) {
    const { code, data } = answer.error;
    if (!isLegacy) expect(STATUSES[code] ?? [], why).toContain(status);
    if (code === -32022) expect(data, why).toMatchObject({ supported: ['2026-07-28'], requested: expect.any(String) });
    if (code === -32021) expect(data, why).toMatchObject({ requiredCapabilities: expect.any(Object) });
    if (isAltered) expect([code, answer.id], why).toEqual([-32602, message.id]);
    return String(code);
  }
  if (answer.method !== undefined) return answer.method;
  expect(isAltered, why).toBe(false);
  expect(status, why).toBe(200);
  if (kind !== 'anything' && !isLegacy) {
    expect(answer.id, why).toBe(message.id);
    expect(['complete', 'input_required'], why).toContain(answer.result?.resultType);
    expect(answer.result?._meta, why).toHaveProperty([META.serverInfo]);
  }
  return String(answer.result?.resultType);
}

test('who leaves thousands of calls open with large answers in them takes no memory without an end', {
  timeout: 120_000,
}, async () => {
  const large = { action: 'accept', content: { answer: 'x'.repeat(60_000) } };
  const flooded = await spawnServer(['http', '--stateless', '--server', GUARDED], { NODE_OPTIONS });
  const leaveOpen = async () => {
    const params = { name: 'rounds', arguments: {}, inputResponses: { first: large } };
    const _meta = envelope({ elicitation: {} });
    const { body } = await post(`${flooded.origin}/mcp`, 'tools/call', { ...params, _meta });
    expect(body.result?.resultType).toBe('input_required');
    return body.result?.requestState;
  };
  try {
    let requestState: unknown;
    for (let round = 0; round < 200; round += 1)
      [requestState] = await Promise.all(Array.from({ length: 10 }, leaveOpen));
    const answers = { second: { action: 'accept', content: { answer: 'done' } } };
    const last = { name: 'rounds', arguments: {}, requestState, inputResponses: answers };
    const { body } = await post(`${flooded.origin}/mcp`, 'tools/call', {
      ...last,
      _meta: envelope({ elicitation: {} }),
    });
    expect(JSON.stringify(body.result)).toContain(',done,0');
  } finally {
    await flooded.stop('SIGKILL');
  }
});
