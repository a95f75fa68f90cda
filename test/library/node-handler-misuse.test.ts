import express from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { NodeHandlerOptions } from '../../src/index.js';
import { createNodeHandler, defineCatalog, defineTool } from '../../src/index.js';
import { closingLater } from '../helpers/closing-later.js';
import { eventually } from '../helpers/eventually.js';
import { callOf, post } from '../helpers/rpc.js';
import { addCatalog } from './add-catalog.js';
import { listening } from './hosts.js';

const later = closingLater();

const open = async <Req>(options: NodeHandlerOptions<Req> = {}, events: string[] = []) =>
  later(await createNodeHandler(addCatalog(events), { stateless: true, logLevel: 'silent', ...options }));
const serving = async (listener: (req: IncomingMessage & { body?: unknown }, res: ServerResponse) => unknown) =>
  later(await listening(listener, '/')).url;
const sum = callOf('add', { a: 1, b: 2 });
const textOf = async (answer: Response) => ((await answer.json()) as Sum).result.content[0].text;
interface Sum {
  readonly result: { readonly content: [{ readonly text: string }] };
}

describe('a body', () => {
  test.each(['utf8', 'latin1', 'base64'] as const)(
    'is read although somebody has set its encoding to %s',
    async (as) => {
      const mcp = await open();
      const url = await serving((req, res) => mcp(req.setEncoding(as), res));
      expect(await textOf(await post(url, callOf('repeat', { word: 'é世' }), { Accept: 'application/json' }))).toBe(
        'é世é世',
      );
    },
  );

  test('is read although somebody has paused it', async () => {
    const mcp = await open();
    const url = await serving((req, res) => mcp(req.pause(), res));
    expect(await textOf(await post(url, sum))).toBe('3');
  });

  test('is read where a parser of other kinds has left an empty object', async () => {
    const mcp = await open();
    const url = await serving((req, res) => mcp(Object.assign(req, { body: {} }), res));
    expect(await textOf(await post(url, sum))).toBe('3');
    const parsed = express().use(express.json());
    parsed.all('/', mcp);
    expect((await post(await serving(parsed), {})).status).toBe(400);
  });

  test('of which somebody has read a part is not waited for', async () => {
    const mcp = await open();
    const url = await serving((req, res) =>
      req.once('data', () => {
        req.pause().removeAllListeners('data');
        void mcp(req, res);
      }),
    );
    expect((await post(url, sum)).status).toBe(500);
  });

  test('that a framework has parsed may be nested as deeply as one that is read here', async () => {
    const app = express().use(express.json({ limit: '1mb' }));
    app.all('/', await open());
    const url = await serving(app);
    const nested = (levels: number) =>
      JSON.stringify(callOf('who', { deep: 0 })).replace('0}', `${'['.repeat(levels)}${']'.repeat(levels)}}`);
    expect((await post(url, nested(100))).status).toBe(200);
    expect(await (await post(url, nested(100_000))).json()).toMatchObject({ error: { code: -32600 } });
  });
});

describe('who calls', () => {
  const whoIs = async (define: PropertyDescriptor) => {
    const mcp = await open();
    const url = await serving((req, res) => mcp(Object.defineProperty(req, 'auth', define), res));
    const answer = await post(url, callOf('who'));
    return answer.status === 200 ? (JSON.parse(await textOf(answer)) as object) : answer.status;
  };

  test.each<[string, PropertyDescriptor]>([
    ['an accessor', { get: () => ({ sub: 'ada' }) }],
    ['a constant', { value: Object.freeze({ sub: 'ada' }) }],
  ])('may be told by %s', async (_how, define) => {
    expect(await whoIs(define)).toMatchObject({ caller: { subject: 'ada' } });
  });

  test('is 500 where whoever is asked for it throws', async () => {
    const fails = () => {
      throw new Error('the session store is down');
    };
    expect(await whoIs({ get: fails })).toBe(500);
  });

  test('is nobody where the server around says null, and 500 where scopes are not a list', async () => {
    const nobody = await open({ caller: () => null as unknown as undefined });
    expect(JSON.parse(await textOf(await post(await serving(nobody), callOf('who'))))).toMatchObject({ caller: null });
    const unknown = await open({ caller: () => undefined });
    const url = await serving((req, res) => unknown(Object.assign(req, { auth: { sub: 'eve' } }), res));
    expect(JSON.parse(await textOf(await post(url, callOf('who'))))).toMatchObject({ caller: null });
    const odd = await open({ caller: () => ({ subject: 'ada', scopes: 'secrets' as unknown as string[] }) });
    expect((await post(await serving(odd), callOf('who'))).status).toBe(500);
  });
});

describe('an answer', () => {
  test('that somebody else has begun is left to them, and no tool is called', async () => {
    const events: string[] = [];
    const mcp = await open({}, events);
    const url = await serving((req, res) => {
      res.writeHead(401).write('de');
      void mcp(req, res);
      setTimeout(() => res.end('nied'), 20);
    });
    const answer = await post(url, callOf('wait'));
    expect([answer.status, await answer.text(), events]).toEqual([401, 'denied', []]);
  });

  test('is given once, and its tool called once, where a request is handed on twice', async () => {
    let calls = 0;
    const count = defineTool({
      name: 'count',
      title: 'Count',
      description: 'Counts.',
      inputSchema: { type: 'object' },
      handler: () => ({ content: [{ type: 'text', text: String((calls += 1)) }] }),
    });
    const mcp = later(
      await createNodeHandler(defineCatalog({ tools: [count] }), { stateless: true, logLevel: 'silent' }),
    );
    const url = await serving((req, res) => Promise.all([mcp(req, res), mcp(req, res)]));
    expect(await textOf(await post(url, callOf('count')))).toBe('1');
    expect(calls).toBe(1);
  });

  test('does not depend on a logger that works', async () => {
    const fails = () => {
      throw new Error('the disk is full');
    };
    const logger = { debug: fails, info: fails, warn: fails, error: fails, child: () => logger };
    const mcp = await open({ logger, caller: () => Promise.reject(new Error('the user base is down')) });
    expect((await post(await serving(mcp), sum)).status).toBe(500);
  });
});

describe('a close', () => {
  test('ends what was still to be read, or to be told who sends it', async () => {
    let tell: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (tell = resolve));
    let tellMore: () => void = () => undefined;
    const events: string[] = [];
    const mcp = await open(
      { caller: () => new Promise((resolve) => (tell(), (tellMore = () => resolve(undefined)))) },
      events,
    );
    const running = post(await serving(mcp), callOf('wait'));
    await asked;
    await mcp.close();
    tellMore();
    expect((await running).status).toBe(503);
    expect(events).toEqual([]);
  });

  test('ends the call of a body that comes after it', async () => {
    const events: string[] = [];
    const mcp = await open({}, events);
    const url = new URL(await serving(mcp));
    const body = JSON.stringify(callOf('wait'));
    const socket = connect(Number(url.port), url.hostname);
    later({ close: async () => socket.destroy() });
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    // What Node says once the head has been handed on.
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await eventually(() => expect(answer).toContain('100 Continue'));
    await mcp.close();
    socket.write(body);
    await eventually(() => expect(answer).toContain('The server stops'));
    expect(events).not.toContain('waiting');
  });
});
