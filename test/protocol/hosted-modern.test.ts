import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  McpServer as SdkServer,
  requireScopes,
} from '@modelcontextprotocol/server';
import type { ServerContext } from '@modelcontextprotocol/server';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AuthenticatedRequest } from '../../src/auth/guard.js';
import { createLogger } from '../../src/log.js';
import type { FactoryContext } from '../../src/protocol/hosted/sdk-server.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { envelope, MODERN, post } from '../helpers/modern.js';
import { ask, callOf, openSession, post as postLegacy, request } from '../helpers/rpc.js';
import { recordUnhandled } from '../helpers/unhandled.js';

const log: Record<string, unknown>[] = [];
/** What the function was told, last. */
let told: FactoryContext | undefined;
let fails = false;
const states = createRequestStateCodec<{ price: number }>({ key: 'a key of the author that is long enough' });

/** A server of the SDK's second generation, with a tool for each of its peculiarities. */
function makeServer(context: FactoryContext): SdkServer {
  told = context;
  if (fails) throw new Error('the secret of the factory');
  const server = new SdkServer(
    { name: 'author', version: '1.0.0' },
    { capabilities: { logging: {}, resources: { subscribe: true } }, requestState: { verify: states.verify } },
  );
  server.server.onclose = () => {
    throw new Error('not like this');
  };
  const tool = (name: string, run: (context: ServerContext) => unknown, inputSchema = z.object({})) =>
    server.registerTool(name, { inputSchema }, async (_args, context) => (await run(context)) as never);
  const text = (value: unknown) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });
  tool('caller', ({ http }) =>
    text({
      clientId: http?.authInfo?.clientId,
      scopes: http?.authInfo?.scopes,
      agent: http?.req?.headers.get('x-agent'),
    }),
  );
  tool('no-content', () => ({ content: 'hello' }));
  tool('no-json', () => ({ content: [], structuredContent: { n: 1n } }));
  tool('asks-outright', ({ mcpReq }) => mcpReq.elicitInput({ message: 'Well?', requestedSchema: ANSWER }));
  tool('fails', () => {
    throw new Error('not today');
  });
  tool('forgets', ({ mcpReq }) => {
    for (let step = 0; step < 1_500; step += 1) void mcpReq.log('info', step);
    setTimeout(() => {
      void mcpReq.log('info', 'late');
      void server.server.sendLoggingMessage({ level: 'info', data: 'late' });
    }, 30);
    return text('done');
  });
  tool('changes', async () => {
    await server.server.sendResourceUpdated({ uri: 'author://price' });
    return text('done');
  });
  tool('buys', async ({ mcpReq }) => {
    const state = mcpReq.requestState<{ price: number }>();
    const answer = inputResponse(mcpReq.inputResponses, 'ok');
    if (state && answer.kind === 'elicit') return text({ paid: state.price, action: answer.action });
    const ok = inputRequired.elicit({ message: 'Pay 7?', requestedSchema: ANSWER });
    return inputRequired({ inputRequests: { ok }, requestState: await states.mint({ price: 7 }) });
  });
  server.registerTool(
    'widely',
    { inputSchema: z.object({}), scopeChallenge: requireScopes('wide') },
    () => text('wide') as never,
  );
  server.registerTool(
    'routed',
    { inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }) },
    ({ region }) => text(region) as never,
  );
  server.registerResource('price', 'author://price', {}, (uri) => ({ contents: [{ uri: uri.href, text: '7' }] }));
  return server;
}

const ANSWER = { type: 'object' as const, properties: { answer: { type: 'string' as const } } };
const ASKABLE = { elicitation: {} };

describe("an author's SDK 2.x server", () => {
  let server: McpServer;
  const unhandled = recordUnhandled();

  beforeAll(async () => {
    const logger = await createLogger({
      destination: { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
    });
    server = await startMcpServer({
      offer: makeServer as never,
      transport: { logger },
      app: {
        logger,
        async authenticate(req) {
          (req as AuthenticatedRequest).auth = {
            token: 't',
            clientId: 'ada',
            scopes: ['narrow'],
            extra: { issuer: 'i', subject: 'ada' },
          };
          return true;
        },
      },
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    log.length = 0;
  });
  afterEach(() => {
    expect(unhandled).toEqual([]);
  });

  const call = (name: string, more: Record<string, unknown> = {}, headers = {}) =>
    post(server.url, 'tools/call', { name, arguments: {}, ...more }, { headers });

  test('sees who calls and what was sent, in both eras', async () => {
    const { body } = await call('caller', {}, { 'X-Agent': 'me' });
    const seen = { text: JSON.stringify({ clientId: 'ada', scopes: ['narrow'], agent: 'me' }) };
    expect(body.result?.content).toMatchObject([seen]);
    expect(told).toMatchObject({ era: 'modern', authInfo: { clientId: 'ada' } });
    expect(told?.requestInfo?.headers.get('x-agent')).toBe('me');
    const session = await openSession(server.url, { headers: { 'X-Agent': 'me' } });
    expect((await ask(server.url, session, callOf('caller'))).result.content).toMatchObject([seen]);
    expect(told).toMatchObject({ era: 'legacy', authInfo: { clientId: 'ada' } });
  });

  test('keeps its sealed state, and refuses one that was changed', async () => {
    const askable = { _meta: envelope(ASKABLE) };
    const first = (await call('buys', askable)).body.result;
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { ok: { method: 'elicitation/create' } },
    });
    const requestState = String(first?.requestState);
    const inputResponses = { ok: { action: 'accept', content: { answer: 'yes' } } };
    const paid = await call('buys', { ...askable, requestState, inputResponses });
    expect(paid.body.result?.content).toMatchObject([{ text: '{"paid":7,"action":"accept"}' }]);
    const changed = `${requestState.slice(0, -2)}AA`;
    expect((await call('buys', { ...askable, requestState: changed, inputResponses })).body.error?.code).toBe(-32602);
    expect(log.map(({ outcome }) => outcome).filter(Boolean)).toEqual(['input_required', 'ok', 'error']);
    expect((await call('buys')).body.error).toMatchObject({ code: -32021 });
    expect((await call('buys')).status).toBe(400);
  });

  test('asks by the same question in a session', async () => {
    const session = await openSession(server.url, { capabilities: ASKABLE });
    const reader = new EventReader(await postLegacy(server.url, callOf('buys', {}, 'b'), session));
    const question = (await reader.message()) as { id: string; method: string };
    expect(question.method).toBe('elicitation/create');
    await postLegacy(
      server.url,
      { jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: {} } },
      session,
    );
    expect(await reader.message()).toMatchObject({
      id: 'b',
      result: { content: [{ text: '{"paid":7,"action":"accept"}' }] },
    });
  });

  test('has what its tool wants of the token answered with 403', async () => {
    const { status, headers } = await call('widely');
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="wide"/);
  });

  test('has headers that repeat arguments checked, with the status that tells of it', async () => {
    const args = { arguments: { region: 'eu' } };
    expect((await call('routed', args, { 'Mcp-Param-Region': 'eu' })).body.result?.content).toMatchObject([
      { text: '"eu"' },
    ]);
    expect(await call('routed', args, { 'Mcp-Param-Region': 'us' })).toMatchObject({
      status: 400,
      body: { error: { code: -32020 } },
    });
    expect(await call('routed', args, { 'Mcp-Method': 'tools/list' })).toMatchObject({
      status: 400,
      body: { error: { code: -32020 } },
    });
  });

  test('whose tool answers with what is no result answers -32603, and the log names the tool', async () => {
    expect((await call('no-content')).body.error).toEqual({
      code: -32603,
      message: 'Internal error',
      data: { requestId: expect.any(String) as string },
    });
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([{ method: 'tools/call', tool: 'no-content' }]);
  });

  test('whose tool answers with what is no JSON answers -32603 at once, and the log says why', async () => {
    expect((await call('no-json')).body.error).toMatchObject({ code: -32603, message: 'Internal error' });
    const message = expect.stringContaining('BigInt') as string;
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([{ tool: 'no-json', err: { message } }]);
  });

  test('whose tool asks as the other era does is told how to', async () => {
    expect((await call('asks-outright', { _meta: envelope(ASKABLE) })).body.result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('inputRequired') as string }],
    });
  });

  test('tells what its tools throw, and what is wrong with a call', async () => {
    expect((await call('fails')).body.result).toMatchObject({ isError: true, content: [{ text: 'not today' }] });
    expect((await call('nowhere')).body.error).toMatchObject({
      code: -32602,
      message: expect.stringContaining('nowhere') as string,
    });
    expect(await post(server.url, 'tools/nowhere')).toMatchObject({ status: 404, body: { error: { code: -32601 } } });
    expect(await call('caller', { _meta: { 'io.modelcontextprotocol/protocolVersion': MODERN } })).toMatchObject({
      status: 400,
      body: { error: { code: -32602 } },
    });
  });

  test('that can not be made any more is answered with an error, and with results when it can again', async () => {
    fails = true;
    const { body } = await call('caller');
    expect(body.error).toMatchObject({ code: -32603, message: 'Internal error' });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([{ tool: 'caller' }]);
    fails = false;
    expect((await call('caller')).body.result).toBeDefined();
  });

  test('may forget to await what it tells, also when nobody hears it any more', async () => {
    const meta = envelope({}, { 'io.modelcontextprotocol/logLevel': 'info' });
    expect((await call('forgets', { _meta: meta })).body.result?.content).toMatchObject([{ text: '"done"' }]);
    await delay(80);
    expect(log.filter(({ message }) => message === 'a notification could not be sent').length).toBeLessThanOrEqual(1);
  });

  test('has whoever listens hear of its changes, whichever era they are made in', async () => {
    const params = {
      notifications: { resourceSubscriptions: ['author://price'], toolsListChanged: false },
      _meta: envelope(),
    };
    const body = JSON.stringify({ ...request('subscriptions/listen', params, 'l') });
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'text/event-stream',
      'MCP-Protocol-Version': MODERN,
      'Mcp-Method': 'subscriptions/listen',
    };
    const reader = new EventReader(await fetch(server.url, { method: 'POST', headers, body }));
    expect(await reader.message()).toMatchObject({
      params: { notifications: { resourceSubscriptions: ['author://price'] } },
    });
    await call('changes');
    expect(await reader.message()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'author://price' },
    });
    await delay(150);
    const session = await openSession(server.url);
    await ask(server.url, session, callOf('changes'));
    expect(await reader.message()).toMatchObject({ method: 'notifications/resources/updated' });
    await reader.close();
  });

  test("keeps a session: its log level is the session's, whichever server serves it", async () => {
    const session = await openSession(server.url);
    expect((await ask(server.url, session, request('logging/setLevel', { level: 'error' }))).result).toEqual({});
    const reader = new EventReader(
      await postLegacy(server.url, callOf('forgets', {}, 'f'), { ...session, Accept: 'text/event-stream' }),
    );
    expect((await reader.rest()).filter(({ data }) => data?.includes('notifications/message'))).toEqual([]);
    await eventually(() => expect(told?.era).toBe('legacy'));
  });
});
