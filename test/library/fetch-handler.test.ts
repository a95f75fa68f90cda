import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import type { FetchHandler, FetchHandlerOptions } from '../../src/fetch.js';
import { createFetchHandler, defineCatalog, defineTool } from '../../src/fetch.js';
import { silentLogger } from '../../src/log.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { closingLater } from '../helpers/closing-later.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, MODERN } from '../helpers/modern.js';
import { callOf, request } from '../helpers/rpc.js';
import { addCatalog } from './add-catalog.js';

const URL_ = 'https://edge.example/mcp';
const KEY = 'a key of thirty-two characters or more';

const later = closingLater();

const open = (options: FetchHandlerOptions = {}, events: string[] = []) =>
  createFetchHandler(addCatalog(events), { logger: silentLogger, ...options });

function posted(body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(URL_, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: text,
    ...(signal && { signal }),
  });
}

function modern(method: string, params: Record<string, unknown> = {}, capabilities: object = {}): Request {
  return posted(request(method, { _meta: envelope(capabilities), ...params }), {
    'MCP-Protocol-Version': MODERN,
    'Mcp-Method': method,
    ...(typeof params.name === 'string' && { 'Mcp-Name': params.name }),
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test looks into a shape of its own
const json = async (answer: Response | Promise<Response>): Promise<any> => (await answer).json();

/** As a client's transport takes it: without a network. */
const asFetch = (handler: FetchHandler) => (url: string | URL, init?: RequestInit) => handler(new Request(url, init));

async function connectOld(handler: FetchHandler): Promise<Client> {
  const client = later(new Client({ name: 'old', version: '1' }, { capabilities: { elicitation: {} } }));
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  await client.connect(new StreamableHTTPClientTransport(new URL(URL_), { fetch: asFetch(handler) }) as Transport);
  return client;
}

async function connectNew(handler: FetchHandler): Promise<NewClient> {
  const probing = { versionNegotiation: { mode: 'auto' as const }, capabilities: { elicitation: { form: {} } } };
  const client = later(new NewClient({ name: 'new', version: '1' }, probing));
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Grace' } }));
  await client.connect(new NewTransport(new URL(URL_), { fetch: asFetch(handler) }));
  return client;
}

describe('a fetch handler', () => {
  test('serves the first generation of clients, and the streams of their calls, without a session', async () => {
    const client = await connectOld(open());
    const progress: number[] = [];
    const repeated = await client.callTool({ name: 'repeat', arguments: { word: 'ab', times: 3 } }, undefined, {
      onprogress: ({ progress: at }) => void progress.push(at),
    });
    expect([repeated.content, progress]).toEqual([[{ type: 'text', text: 'ababab' }], [1, 2, 3]]);
    expect((await client.readResource({ uri: 'note://one' })).contents).toMatchObject([{ text: 'a note' }]);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('add');
  });

  test('serves the newest clients in the modern era, their questions too', async () => {
    const client = await connectNew(open());
    expect(client.getNegotiatedProtocolVersion()).toBe(MODERN);
    expect((await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).content).toMatchObject([{ text: '3' }]);
    expect((await client.callTool({ name: 'ask' })).content).toMatchObject([{ text: 'Hello Grace' }]);
  });

  test('has sessions, questions and streams that can be resumed, where an author passes a storage', async () => {
    const storage = later(openMemoryStorage({ ttlMs: 60_000, historyLimit: 5, maxSessions: 10 }));
    const client = await connectOld(open({ storage }));
    expect((await client.callTool({ name: 'ask' })).content).toMatchObject([{ text: 'Hello Ada' }]);
    expect(await storage.sessions.count()).toBe(1);
    const who = await client.callTool({ name: 'who' });
    expect(JSON.stringify(who.content)).toMatch(/session\\":\\"[\w-]{36}/);
    const ids = (client.transport as StreamableHTTPClientTransport).sessionId;
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    expect([ids, await storage.sessions.count()]).toEqual([expect.stringMatching(/^[\w-]{36}$/), 0]);
  });

  test('opens at one instance the state of a question that another has asked, by the same key', async () => {
    const asks = { elicitation: { form: {} } };
    const first = await json(open({ stateKey: KEY })(modern('tools/call', { name: 'ask' }, asks)));
    const { inputRequests, requestState } = first.result as { inputRequests: object; requestState: string };
    const [key = ''] = Object.keys(inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Lin' } } };
    const retry = () => modern('tools/call', { name: 'ask', inputResponses, requestState }, asks);
    expect((await json(open({ stateKey: KEY })(retry()))).result.content).toMatchObject([{ text: 'Hello Lin' }]);
    expect((await json(open()(retry()))).error.code).toBe(-32602);
    expect(() => open({ stateKey: 'short' })).toThrow(TypeError);
  });

  test('ends its work when the reader of a stream cancels, and keeps the process until that has ended', async () => {
    const events: string[] = [];
    const kept: Promise<unknown>[] = [];
    const answer = await open({}, events)(posted(callOf('wait')), { waitUntil: (work) => void kept.push(work) });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    await eventually(() => expect(events).toEqual(['waiting']));
    await answer.body?.cancel();
    expect(kept).toHaveLength(1);
    await kept[0];
    expect(events).toEqual(['waiting', 'aborted', 'cleaned up']);
  });

  test('ends its work when the request is aborted before it is answered', async () => {
    const events: string[] = [];
    const hangUp = new AbortController();
    const only = { Accept: 'application/json' };
    const answering = open({}, events)(posted(callOf('wait'), only, hangUp.signal));
    await eventually(() => expect(events).toEqual(['waiting']));
    hangUp.abort();
    expect((await answering).status).toBe(499);
    await eventually(() => expect(events).toEqual(['waiting', 'aborted', 'cleaned up']));
  });

  test('waits for a reader that reads slowly, and loses nothing', async () => {
    const times = 2_000;
    const answer = await open()(posted(callOf('repeat', { word: 'x', times })));
    let text = '';
    let chunks = 0;
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if ((chunks += 1) % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(text.match(/notifications\/message/g)).toHaveLength(times);
    expect(text).toContain('x'.repeat(times));
  });

  test('says what is wrong with arguments, by plain JSON Schema and by zod', async () => {
    const handler = open();
    const wrong = await json(handler(posted(callOf('repeat', { word: 'far too long a word', times: 0, more: 1 }))));
    expect(wrong.result.isError).toBe(true);
    for (const path of ['word: ', 'times: ', 'more: ']) expect(wrong.result.content[0].text).toContain(path);
    const zod = await json(handler(posted(callOf('add', { a: 'one', b: 2 }))));
    expect(zod.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('a: ') as string }] });
  });

  test('offers to tell of changes only where it can', async () => {
    const capabilities = async (options: FetchHandlerOptions) =>
      (await json(open(options)(modern('server/discover')))).result.capabilities as { resources: object };
    expect((await capabilities({})).resources).toEqual({});
    const storage = later(openMemoryStorage({ ttlMs: 60_000, historyLimit: 5, maxSessions: 10 }));
    expect((await capabilities({ storage })).resources).toEqual({ subscribe: true });
  });

  test.each([
    ['GET', 405],
    ['DELETE', 405],
  ])('answers %s with %i where there are no sessions', async (method, status) => {
    const answer = await open()(new Request(URL_, { method }));
    expect([answer.status, answer.headers.get('allow')]).toEqual([status, 'POST']);
  });

  test('refuses what is wrong with a request', async () => {
    const handler = open({ bodyLimit: 1_000 });
    const statuses = [
      posted('{"id":'),
      posted(callOf('repeat', { word: 'x'.repeat(2_000) })),
      posted(callOf('who'), { 'Content-Type': 'text/plain' }),
      posted(callOf('who'), { 'Content-Encoding': 'gzip' }),
      posted(callOf('who'), { Accept: 'text/html' }),
      new Request(URL_, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: new Uint8Array([0x22, 0xff, 0x22]),
      }),
    ].map(async (each) => (await handler(each)).status);
    expect(await Promise.all(statuses)).toEqual([400, 413, 415, 415, 406, 400]);
    const used = posted(callOf('who'));
    await used.text();
    expect((await handler(used)).status).toBe(500);
  });

  test('answers pages of its own origin and of those that are named, and for the hosts that are', async () => {
    const from = (origin: string) => posted(callOf('add', { a: 1, b: 1 }), { Origin: origin });
    const handler = open({ allowedOrigins: ['https://app.example'] });
    const page = await handler(from('https://app.example'));
    expect([page.status, page.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example']);
    expect((await handler(from('https://edge.example'))).status).toBe(200);
    expect((await handler(from('https://evil.example'))).status).toBe(403);
    const preflight = await handler(
      new Request(URL_, { method: 'OPTIONS', headers: { Origin: 'https://app.example' } }),
    );
    expect([preflight.status, preflight.headers.get('access-control-max-age')]).toEqual([204, '600']);
    expect((await open({ allowedHosts: ['other.example'] })(from('https://edge.example'))).status).toBe(403);
  });

  test('serves the caller that its author has signed in, and asks for the scopes of tools', async () => {
    const caller = ({ headers }: Request) => {
      const subject = headers.get('x-user');
      return subject === null ? undefined : { subject, scopes: headers.get('x-scopes')?.split(' ') };
    };
    const handler = open({ caller });
    const who = await json(handler(posted(callOf('who'), { 'X-User': 'ada' })));
    expect(JSON.parse(who.result.content[0].text)).toMatchObject({ caller: { issuer: 'host', subject: 'ada' } });
    const secret = async (headers: Record<string, string>) => (await handler(posted(callOf('secret'), headers))).status;
    expect(
      await Promise.all([secret({}), secret({ 'X-User': 'a' }), secret({ 'X-User': 'a', 'X-Scopes': 'secrets' })]),
    ).toEqual([403, 403, 200]);
  });

  test('answers 500 for a caller that can not be told, and for a catalog that is malformed', async () => {
    const failing = () => Promise.reject(new Error('the user base is down'));
    expect((await open({ caller: failing })(posted(callOf('who')))).status).toBe(500);
    const tool = defineTool({
      name: 't',
      title: 'T',
      description: 'T.',
      inputSchema: { type: 'object', properties: { a: { type: 'number', 'x-mcp-header': 'A' } } },
      handler: () => ({ content: [] }),
    });
    const malformed = createFetchHandler(defineCatalog({ tools: [tool] }), { logger: silentLogger });
    expect((await malformed(posted(callOf('t')))).status).toBe(500);
    expect(() => createFetchHandler({} as never)).toThrow(TypeError);
  });

  test('serves one era alone where it is told to', async () => {
    const old = await open({ era: 'legacy' })(modern('server/discover'));
    expect(old.status).toBe(400);
    const fresh = await open({ era: 'modern' })(posted(callOf('who')));
    expect((await json(fresh)).error.code).toBe(-32022);
  });
});
