import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import express from 'express';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog, NodeHandler, NodeHandlerOptions } from '../../src/index.js';
import { createNodeHandler } from '../../src/index.js';
import { closingLater } from '../helpers/closing-later.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, post as postModern } from '../helpers/modern.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post } from '../helpers/rpc.js';
import { addCatalog } from './add-catalog.js';
import type { Mounted } from './hosts.js';
import { HOSTS, listening } from './hosts.js';

const later = closingLater();

const open = async <Req>(catalog: Catalog, options?: NodeHandlerOptions<Req>) =>
  later(await createNodeHandler(catalog, options));
const onHttp = async (mcp: NodeHandler) => later(await listening((req, res) => mcp(req, res), '/'));

let redis: RedisServer;
beforeAll(async () => void (redis = await startRedis()));
afterAll(() => redis.stop());

describe.each(Object.entries(HOSTS))('mounted in %s', (_name, mount) => {
  test.each(['memory', 'redis'])('serves real clients of both generations, with sessions in %s', async (where) => {
    const mcp = await open(addCatalog(), where === 'redis' ? { redis: redis.url } : {});
    const { url } = later(await mount(mcp));
    const old = later(new Client({ name: 'old', version: '1' }, { capabilities: { elicitation: {} } }));
    old.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
    const transport = new StreamableHTTPClientTransport(new URL(url));
    await old.connect(transport as Transport);
    expect(transport.sessionId).toMatch(/^[\w-]{36}$/);
    const progress: number[] = [];
    const repeated = await old.callTool({ name: 'repeat', arguments: { word: 'ab', times: 3 } }, undefined, {
      onprogress: ({ progress: at }) => void progress.push(at),
    });
    expect([repeated.content, progress]).toEqual([[{ type: 'text', text: 'ababab' }], [1, 2, 3]]);
    expect((await old.callTool({ name: 'ask' })).content).toEqual([{ type: 'text', text: 'Hello Ada' }]);
    await transport.terminateSession();

    const probing = { versionNegotiation: { mode: 'auto' as const }, capabilities: { elicitation: { form: {} } } };
    const fresh = later(new NewClient({ name: 'new', version: '1' }, probing));
    fresh.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Grace' } }));
    await fresh.connect(new NewTransport(new URL(url)));
    expect(fresh.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect((await fresh.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).content).toEqual([
      { type: 'text', text: '3' },
    ]);
    expect((await fresh.callTool({ name: 'ask' })).content).toEqual([{ type: 'text', text: 'Hello Grace' }]);
    expect(await (await fetch(new URL('/', url))).text()).toBe('own');
  });
});

describe('a handler', () => {
  test('shares sessions with another on the same Redis', async () => {
    const [one, two] = [
      await onHttp(await open(addCatalog(), { redis: redis.url })),
      await onHttp(await open(addCatalog(), { redis: redis.url })),
    ];
    const session = await openSession(one.url);
    const answer = await ask(two.url, session, callOf('who'));
    expect(JSON.parse(answer.result.content[0].text)).toEqual({ caller: null, session: session['Mcp-Session-Id'] });
  });

  test('keeps nothing when it is stateless', async () => {
    const { url } = await onHttp(await open(addCatalog(), { stateless: true }));
    const answer = await post(url, callOf('add', { a: 20, b: 22 }));
    expect([answer.status, answer.headers.get('mcp-session-id')]).toEqual([200, null]);
    expect((await fetch(url)).status).toBe(405);
  });

  test('refuses every wrong option at once, and one that does not exist', async () => {
    await expect(createNodeHandler(addCatalog(), { sessionTtl: 'long', maxSessions: 0 })).rejects.toThrow(
      /--session-ttl[\s\S]*--max-sessions/,
    );
    await expect(createNodeHandler(addCatalog(), { allowedHost: 'x' } as object)).rejects.toThrow(
      'allowedHost is not an option here',
    );
  });

  test('says at its start that Redis can not be reached', async () => {
    await expect(createNodeHandler(addCatalog(), { redis: 'redis://127.0.0.1:1', logLevel: 'silent' })).rejects.toThrow(
      "Redis can't be reached",
    );
  });

  test('answers only hosts and origins that are allowed, unless the server around looks at them', async () => {
    const evil = { Origin: 'https://evil.example' };
    const body = callOf('add', { a: 1, b: 1 });
    const guarded = await onHttp(await open(addCatalog(), { stateless: true, allowedHosts: ['app.example'] }));
    expect((await post(guarded.url, body, evil)).status).toBe(403);
    expect(await statusFor(guarded, 'evil.example')).toBe(403);
    expect(await statusFor(guarded, 'app.example')).toBe(405);
    const open_ = await onHttp(await open(addCatalog(), { stateless: true, guards: false }));
    expect((await post(open_.url, body, evil)).status).toBe(200);
    expect(await statusFor(open_, 'evil.example')).toBe(405);
  });

  test('limits how often one client may ask', async () => {
    const { url } = await onHttp(await open(addCatalog(), { stateless: true, rateLimitMax: 2 }));
    const statuses: number[] = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await post(url, callOf('add', { a: 1, b: 1 }))).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('bounds a body that it reads itself', async () => {
    const { url } = await onHttp(await open(addCatalog(), { stateless: true, bodyLimit: '1kb', guards: false }));
    expect((await post(url, callOf('repeat', { word: 'x'.repeat(2_000) }))).status).toBe(413);
  });

  test.each([
    ['text', express.text({ type: '*/*' })],
    ['bytes', express.raw({ type: '*/*' })],
  ])('takes a body that was read as %s', async (_form, parser) => {
    const app = express().use(parser);
    app.all('/', await open(addCatalog(), { stateless: true }));
    const { url } = later(await listening(app, '/'));
    expect(await (await post(url, callOf('add', { a: 1, b: 2 }, 7))).json()).toMatchObject({
      id: 7,
      result: { content: [{ text: '3' }] },
    });
    expect(await (await post(url, '{"id":')).json()).toMatchObject({ error: { code: -32700 } });
  });

  test('does not wait for a body that somebody else has read', async () => {
    const app = express().use((req, _res, next) => void req.resume().once('end', () => next()));
    app.all('/', await open(addCatalog(), { stateless: true, logLevel: 'silent' }));
    const { url } = later(await listening(app, '/'));
    expect((await post(url, callOf('add', { a: 1, b: 2 }))).status).toBe(500);
  });
});

test('a handler answers over HTTP/2, where a request names its host in another way', async () => {
  const mcp = await open(addCatalog(), { stateless: true });
  const server = createHttp2Server((req, res) => void mcp(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  later({
    close: () => {
      client.close();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  const asked = client.request({ ':method': 'POST', ':path': '/mcp', 'content-type': 'application/json' });
  asked.end(JSON.stringify(callOf('repeat', { word: 'x' })));
  let text = '';
  for await (const chunk of asked.setEncoding('utf8')) text += String(chunk);
  expect(text).toContain('"text":"xx"');
  const evil = client.request({ ':method': 'POST', ':path': '/mcp', ':authority': 'evil.example' });
  evil.end();
  const [headers] = (await once(evil, 'response')) as [Record<string, unknown>];
  expect(headers[':status']).toBe(403);
  evil.resume();
});

describe('the caller', () => {
  const shown = async (answer: Response) => {
    const { result } = (await answer.json()) as { result: { content: [{ text: string }] } };
    return (JSON.parse(result.content[0].text) as { caller: unknown }).caller;
  };
  const signedIn = async (auth: unknown, options: object = {}) => {
    const seen: unknown[] = [];
    const app = express().use((req, res, next) => {
      Object.assign(req, { auth });
      res.once('finish', () => seen.push((req as { auth?: unknown }).auth));
      next();
    });
    app.all('/', await open(addCatalog(), { stateless: true, logLevel: 'silent', ...options }));
    return { url: later(await listening(app, '/')).url, seen };
  };

  test('is the one that the SDK has signed in, and req.auth stays what it was', async () => {
    const auth = {
      token: 't',
      clientId: 'c',
      scopes: ['a'],
      extra: { subject: 'ada', issuer: 'https://i.example', email: 'a@x' },
    };
    const { url, seen } = await signedIn(auth);
    expect(await shown(await post(url, callOf('who')))).toEqual({
      issuer: 'https://i.example',
      subject: 'ada',
      clientId: 'c',
      scopes: ['a'],
      claims: expect.objectContaining({ email: 'a@x' }) as unknown,
    });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toBe(auth);
  });

  test('is the subject of a JWT, and scopes of tools are asked for', async () => {
    const { url } = await signedIn({ sub: 'ada', iss: 'i', scope: 'secrets other' });
    expect(await shown(await post(url, callOf('who')))).toMatchObject({ subject: 'ada', scopes: ['secrets', 'other'] });
    expect((await post(url, callOf('secret'))).status).toBe(200);
    const poor = await signedIn({ sub: 'ada' });
    const refused = await post(poor.url, callOf('secret'));
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('error="insufficient_scope"'),
    ]);
    const nobody = await signedIn(undefined);
    expect((await post(nobody.url, callOf('secret'))).status).toBe(403);
  });

  test('is never guessed: without a subject nothing is served', async () => {
    const { url } = await signedIn({ token: 't', clientId: 'shared by many', scopes: [] });
    expect((await post(url, callOf('who'))).status).toBe(500);
  });

  test('is whom the server around says, and owns its session', async () => {
    const app = express();
    const caller = (req: express.Request) => {
      const subject = req.get('x-user');
      return subject === undefined ? undefined : { subject, claims: { plan: 'free' } };
    };
    app.all('/', await open(addCatalog(), { caller }));
    const { url } = later(await listening(app, '/'));
    const session = await openSession(url, { headers: { 'X-User': 'ada' } });
    expect(await shown(await post(url, callOf('who'), session))).toEqual({
      issuer: 'host',
      subject: 'ada',
      scopes: [],
      claims: { plan: 'free' },
    });
    expect((await post(url, callOf('who'), { ...session, 'X-User': 'eve' })).status).toBe(404);
  });
});

describe('the end', () => {
  test('a drain waits for calls in flight and ends subscriptions; what comes after the close gets 503', async () => {
    const mcp = await open(addCatalog(), { keepAlive: '100ms', logLevel: 'silent' });
    const { url } = await onHttp(mcp);
    const session = await openSession(url);
    const stream = await fetch(url, { headers: { ...session, Accept: 'text/event-stream' } });
    const running = postModern(url, 'tools/call', { name: 'repeat', arguments: { word: 'x' }, _meta: envelope() });
    await mcp.drain();
    expect((await running).body.result).toMatchObject({ content: [{ text: 'xx' }] });
    expect(await stream.text()).toContain('retry: ');
    await mcp.close();
    expect((await post(url, callOf('add', { a: 1, b: 1 }), session)).status).toBe(503);
  });

  test('a close ends what still runs, with an error', async () => {
    const events: string[] = [];
    const mcp = await open(addCatalog(events), { drainTimeout: '100ms', stateless: true });
    const { url } = await onHttp(mcp);
    const running = post(url, callOf('wait'));
    await eventually(() => expect(events).toContain('waiting'));
    await mcp.drain();
    expect(events).toEqual(['waiting']);
    await mcp.close();
    expect(await (await running).text()).toContain('The server stops');
    await eventually(() => expect(events).toContain('aborted'));
  });

  test('a client that hangs up ends its call', async () => {
    const events: string[] = [];
    const { url } = await onHttp(await open(addCatalog(events), { stateless: true }));
    const hangUp = new AbortController();
    const body = JSON.stringify(callOf('wait'));
    const headers = { 'Content-Type': 'application/json' };
    const gone = fetch(url, { method: 'POST', body, headers, signal: hangUp.signal }).then((answer) => answer.text());
    await eventually(() => expect(events).toContain('waiting'));
    hangUp.abort();
    await expect(gone).rejects.toThrow();
    await eventually(() => expect(events).toEqual(['waiting', 'aborted', 'cleaned up']));
  });
});

/** The status of a GET for a host of this name: `fetch` sends none but its own. */
function statusFor({ url }: Mounted, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { Host: host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once('error', reject);
  });
}
