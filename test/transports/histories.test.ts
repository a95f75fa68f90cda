import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestAuth } from '../../src/http/request.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer, McpServerOptions } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { ModernAnswer } from '../helpers/modern.js';
import { post } from '../helpers/modern.js';
import type { Nodes } from '../helpers/nodes.js';
import { startNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post as postLegacy, request } from '../helpers/rpc.js';

/** Believes whoever says who they are: what is looked at here comes after the guard. */
const signIn: McpServerOptions['app'] = {
  async authenticate(req) {
    const { 'x-who': who } = req.headers;
    if (typeof who !== 'string') return true;
    const [issuer, subject] = who.split(' ');
    req.auth = { token: 't', clientId: 'c', scopes: [], extra: { issuer, subject } } as RequestAuth;
    return true;
  },
};
const ANN = { 'X-Who': 'https://one.example ann' };
const BOB = { 'X-Who': 'https://one.example bob' };
const OTHER_ANN = { 'X-Who': 'https://two.example ann' };
const HISTORY = 'calculator://history';

type Who = Record<string, string>;

async function call(url: string, name: string, args: Record<string, unknown> = {}, headers: Who = {}) {
  const { body } = await post(url, 'tools/call', { name, arguments: args }, { headers });
  return body.result as {
    isError?: boolean;
    content: { type: string; text: string }[];
    structuredContent: Record<string, unknown>;
  };
}

const add = (url: string, a: number, more: Record<string, unknown> = {}, headers: Who = {}) =>
  call(url, 'calculate', { a, b: 1, op: 'add', ...more }, headers);

async function open(url: string, headers: Who = {}): Promise<string> {
  return String((await call(url, 'open_history', {}, headers)).structuredContent.historyId);
}

/** The results that a history holds, newest first, and how many there ever were. */
async function summary(url: string, args: Record<string, unknown>, headers: Who = {}) {
  const { calculations, total } = (await call(url, 'history_summary', args, headers)).structuredContent;
  return { values: (calculations as { value: number }[]).map(({ value }) => value), total };
}

const read = (url: string, uri: string, headers: Who = {}) => post(url, 'resources/read', { uri }, { headers });

async function uris(url: string, headers: Who = {}): Promise<string[]> {
  const { body } = await post(url, 'resources/list', {}, { headers });
  return (body.result?.resources as { uri: string }[]).map(({ uri }) => uri);
}

function toolsIn({ body }: ModernAnswer) {
  return body.result?.tools as { name: string; description: string; inputSchema: { properties: object } }[];
}

describe.each(['in memory', 'over two nodes of one Redis'])('histories without sessions, %s', (where) => {
  let redis: RedisServer | undefined;
  let nodes: Nodes | undefined;
  let single: McpServer | undefined;
  let here = '';
  let there = '';

  beforeAll(async () => {
    if (where === 'in memory') {
      single = await startMcpServer({ app: signIn });
      here = there = single.url;
      return;
    }
    redis = await startRedis();
    nodes = await startNodes({ redisUrl: redis.url, count: 2, app: signIn });
    [here = '', there = ''] = nodes.servers.map(({ url }) => url);
  });
  afterAll(async () => {
    await single?.close();
    await nodes?.close();
    await redis?.stop();
  });

  test('a history that was opened keeps what is calculated with its id, and nothing else', async () => {
    const [one, other] = [await open(here), await open(there)];
    expect(one).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const first = await add(here, 1, { historyId: one });
    expect(first.structuredContent).toMatchObject({ value: 2, calculationId: expect.any(String) });
    await call(there, 'evaluate', { expression: '2 * 3', historyId: one });
    await add(here, 6, { historyId: other });
    await add(here, 7);
    expect(await summary(there, { historyId: one })).toEqual({ values: [6, 2], total: 2 });
    expect(await summary(here, { historyId: other })).toEqual({ values: [7], total: 1 });
    expect(await summary(here, { historyId: one, limit: 1 })).toEqual({ values: [6], total: 2 });
  });

  test('a history that was opened is in no list and behind no URI, and names no link', async () => {
    const historyId = await open(here);
    const { structuredContent } = await add(here, 1, { historyId });
    const { content } = await call(here, 'history_summary', { historyId });
    expect(content.map(({ type }) => type)).toEqual(['text']);
    expect(await uris(here)).not.toContain(HISTORY);
    for (const uri of [HISTORY, `${HISTORY}/${String(structuredContent.calculationId)}`, `${HISTORY}/${historyId}`])
      expect((await read(here, uri)).body.error?.code).toBe(-32602);
  });

  test('with neither a name nor an id, a call is answered and nothing is kept', async () => {
    const { structuredContent } = await add(here, 1);
    expect(structuredContent).toMatchObject({ value: 2 });
    expect(structuredContent).not.toHaveProperty('calculationId');
    const { content } = await call(here, 'history_summary');
    expect(content[0]?.text).toContain('open_history');
  });

  test.each([
    ['is made up', 'ab0b1c1e-0000-4000-8000-000000000000'],
    ['is no id at all', 'ü'.repeat(10_000)],
    ['is a number', 7],
    ['is null', null],
    ['is an object', { toString: 1 }],
  ])('an id that %s is a result that says what to do', async (_what, historyId) => {
    for (const tool of ['calculate', 'history_summary']) {
      const { isError, content } = await call(here, tool, { a: 1, b: 1, op: 'add', historyId });
      expect(isError).toBe(true);
      expect(content[0]?.text).toContain('Call open_history for a new one');
    }
  });

  test("another's history is as unknown as one that never was", async () => {
    const unknown = await add(here, 1, { historyId: 'ab0b1c1e-0000-4000-8000-000000000000' });
    const historyId = await open(here, ANN);
    expect((await add(there, 1, { historyId }, ANN)).isError).toBeUndefined();
    for (const who of [BOB, OTHER_ANN, {}]) expect(await add(there, 1, { historyId }, who)).toEqual(unknown);
    expect(await summary(here, { historyId }, ANN)).toEqual({ values: [2], total: 1 });
  });

  test('the sessions of the legacy era are no histories, and the other way round', async () => {
    const session = await openSession(here);
    const id = session['Mcp-Session-Id'];
    await ask(here, session, callOf('calculate', { a: 1, b: 1, op: 'add' }));
    expect((await add(here, 1, { historyId: id })).isError).toBe(true);
    const historyId = await open(here);
    const asSession = { 'Mcp-Session-Id': historyId, 'MCP-Protocol-Version': '2025-11-25' };
    expect((await postLegacy(there, request('tools/list'), asSession)).status).toBe(404);
    expect((await fetch(there, { method: 'DELETE', headers: asSession })).status).toBe(404);
    expect((await fetch(there, { headers: { Accept: 'text/event-stream', ...asSession } })).status).toBe(404);
    expect((await add(here, 1, { historyId })).isError).toBeUndefined();
  });

  test('who has signed in has a history, on every node, which nobody else has', async () => {
    expect(await uris(here, ANN)).toContain(HISTORY);
    // Of several first calculations at once, each is kept.
    await Promise.all([here, there, here, there].map((url) => add(url, 41, {}, BOB)));
    expect(await summary(here, {}, BOB)).toEqual({ values: [42, 42, 42, 42], total: 4 });
    const { structuredContent } = await add(here, 10, {}, ANN);
    const { body } = await read(there, HISTORY, ANN);
    expect(body.result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
    const [contents] = body.result?.contents as { text: string }[];
    expect(JSON.parse(contents?.text ?? '')).toMatchObject({ count: 1, calculations: [{ value: 11 }] });
    const entry = `${HISTORY}/${String(structuredContent.calculationId)}`;
    expect((await read(there, entry, ANN)).body.result).toBeDefined();
    for (const who of [BOB, OTHER_ANN]) expect((await read(there, entry, who)).body.error?.code).toBe(-32602);
    expect(await summary(here, {}, OTHER_ANN)).toEqual({ values: [], total: 0 });
    const { body: listed } = await post(here, 'resources/list', {}, { headers: ANN });
    expect(listed.result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
    const { body: prompt } = await post(here, 'prompts/get', { name: 'review-history' }, { headers: ANN });
    expect(JSON.stringify(prompt.result)).toContain('10 + 1');
  });

  test("a history that was opened is apart from its caller's own", async () => {
    const who = { 'X-Who': 'https://one.example eve' };
    const historyId = await open(here, who);
    await add(here, 1, { historyId }, who);
    await add(here, 2, {}, who);
    expect(await summary(here, { historyId }, who)).toEqual({ values: [2], total: 1 });
    expect(await summary(here, {}, who)).toEqual({ values: [3], total: 1 });
  });

  test('the statistics show what they show a session', async () => {
    const { body } = await read(here, 'calculator://stats');
    const [contents] = body.result?.contents as { text: string }[];
    const { calculations, activeSessions, uptime } = JSON.parse(contents?.text ?? '') as Record<string, number>;
    expect(calculations).toMatchObject({ add: expect.any(Number) });
    expect(activeSessions).toBeGreaterThan(0);
    expect(uptime).toBeGreaterThan(0);
  });
});

describe('the tool that opens histories', () => {
  test('is listed for everybody alike, with the time that it keeps them, and never asks for a header', async () => {
    const server = await startMcpServer({ app: signIn, ttlMs: 90_000 });
    const lists = await Promise.all([{}, ANN].map((headers) => post(server.url, 'tools/list', {}, { headers })));
    expect(lists[1]?.body.result).toEqual(lists[0]?.body.result);
    const tools = toolsIn(lists[0] as ModernAnswer);
    const opening = tools.find(({ name }) => name === 'open_history');
    expect(opening?.description).toContain('for 1.5 minutes after its last use');
    const taking = tools.filter(({ inputSchema }) => 'historyId' in inputSchema.properties).map(({ name }) => name);
    expect(taking).toEqual([
      'calculate',
      'batch_calculate',
      'advanced_calculate',
      'evaluate',
      'solve_math_problem',
      'calculator_assistant',
      'history_summary',
    ]);
    expect(JSON.stringify(tools)).not.toContain('x-mcp-header');
    await server.close();
  });

  test('is not there in the legacy era', async () => {
    const server = await startMcpServer();
    const session = await openSession(server.url);
    const { result } = await ask(server.url, session, request('tools/list'));
    expect(JSON.stringify(result)).not.toMatch(/open_history|historyId/);
    const { error } = await ask(server.url, session, callOf('open_history'));
    expect(error).toMatchObject({ code: -32602, message: 'Unknown tool: open_history' });
    await server.close();
  });

  test('is not there where nothing is kept', async () => {
    const server = await startMcpServer({ storage: 'none', app: signIn });
    expect(JSON.stringify(toolsIn(await post(server.url, 'tools/list')))).not.toMatch(/open_history|historyId/);
    expect((await post(server.url, 'tools/call', { name: 'open_history' })).body.error?.code).toBe(-32602);
    expect(await uris(server.url, ANN)).not.toContain(HISTORY);
    expect((await add(server.url, 1, {}, ANN)).structuredContent).not.toHaveProperty('calculationId');
    const { body } = await read(server.url, 'calculator://stats');
    const [contents] = body.result?.contents as { text: string }[];
    expect(Object.keys(JSON.parse(contents?.text ?? '') as object)).toEqual(['uptime']);
    await server.close();
  });

  test('says so where there are too many, and so does the first calculation of a caller', async () => {
    const server = await startMcpServer({ maxSessions: 1, app: signIn });
    const historyId = await open(server.url);
    for (const refused of [await call(server.url, 'open_history'), await add(server.url, 1, {}, ANN)]) {
      expect(refused.isError).toBe(true);
      expect(refused.content[0]?.text).toContain('try again later');
    }
    expect((await add(server.url, 1, { historyId })).isError).toBeUndefined();
    await server.close();
  });

  test('opens what is forgotten when it is not used for its time', async () => {
    let now = 0;
    const storage = openMemoryStorage({ ttlMs: 1_000, historyLimit: 5, maxSessions: 9, clock: () => now });
    const server = await startMcpServer({ storage });
    const historyId = await open(server.url);
    now = 900;
    expect((await add(server.url, 1, { historyId })).isError).toBeUndefined();
    now = 1_800;
    expect(await summary(server.url, { historyId })).toEqual({ values: [2], total: 1 });
    now = 2_900;
    const { isError, content } = await add(server.url, 1, { historyId });
    expect(isError).toBe(true);
    expect(content[0]?.text).toContain('has expired');
    await eventually(async () => expect(await storage.sessions.count()).toBe(0));
    await server.close();
    await storage.close();
  });
});
