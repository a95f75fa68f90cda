import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { startAddressSwitch } from '../helpers/address-switch.js';
import { eventually } from '../helpers/eventually.js';
import { envelope } from '../helpers/modern.js';
import { startRedis } from '../helpers/redis.js';
import { at, endAll, ending, greets, host, json, odd, peakOf, result, serve } from './odd-server.js';
import type { Asked } from './odd-server.js';

afterEach(endAll);

describe('a server that', () => {
  test.each([
    ['takes a request and says no more', (_: Asked, res: ServerResponse) => res.writeHead(202).end()],
    ['answers another request', (_: Asked, res: ServerResponse) => json(res, result('another'))],
    ['answers with an empty body', (_: Asked, res: ServerResponse) => res.writeHead(200).end()],
    ['answers with an empty list', (_: Asked, res: ServerResponse) => json(res, [])],
    [
      'answers with rubbish',
      (_: Asked, res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{{{'),
    ],
    [
      'answers with a page',
      (_: Asked, res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>'),
    ],
    [
      'breaks off in its answer',
      (_: Asked, res: ServerResponse) =>
        res
          .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '999' })
          .write('{"json', () => res.destroy()),
    ],
    [
      'sends half an event',
      (_: Asked, res: ServerResponse) =>
        res.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('data: {"jsonrpc":"2.0","id":2,"res'),
    ],
    [
      'sends an event of rubbish',
      (_: Asked, res: ServerResponse) =>
        res.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('data: {{{\n\n'),
    ],
    [
      'sends a member too many',
      ({ id }: Asked, res: ServerResponse) =>
        res
          .writeHead(200, { 'Content-Type': 'text/event-stream' })
          .end(`data: ${JSON.stringify({ ...result(id), more: 1 })}\n\n`),
    ],
    ['hangs up', (_: Asked, res: ServerResponse) => res.destroy()],
  ])('%s has its request answered with an error, once', async (_what, answer) => {
    const { piped } = await odd((asked, res) => greets(asked, res) || answer(asked, res));
    await piped.greet();
    expect((await piped.ask('tools/list')).error?.code).toBe(-32000);
    expect(await piped.end()).toBe(0);
    expect(piped.answers(2)).toHaveLength(1);
  });

  test('answers an id twice, or in the type of another, is heard once', async () => {
    const { piped } = await odd((asked, res) => {
      if (greets(asked, res)) return;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (const id of [String(asked.id), asked.id, asked.id]) res.write(`data: ${JSON.stringify(result(id))}\n\n`);
      res.end();
    });
    await piped.greet();
    expect((await piped.ask('tools/list')).result).toEqual({});
    await piped.end();
    expect(piped.heard.filter(({ id }) => id !== 1)).toHaveLength(1);
  });

  test('sends its client elsewhere is not followed, and gets no message there', async () => {
    const elsewhere: string[] = [];
    const other = await at(
      createServer((req, res) => {
        elsewhere.push(String(req.headers.authorization));
        res.writeHead(200).end();
      }),
    );
    const { piped } = await odd((asked, res) =>
      asked.method === 'tools/list' ? res.writeHead(307, { Location: `${other}/mcp` }).end() : greets(asked, res),
    );
    await piped.greet();
    expect((await piped.ask('tools/list')).error?.message).toMatch(/307|redirect/);
    expect(elsewhere).toEqual([]);
  });

  test('knows the modern era alone tells so, and goes on in it', async () => {
    const server = await serve('http', '--era', 'modern');
    const piped = host('--url', `${server.origin}/mcp`);
    expect((await piped.ask('initialize', { protocolVersion: '2025-11-25' })).error?.code).toBe(-32022);
    expect((await piped.ask('tools/list', { _meta: envelope() })).result?.tools).toBeDefined();
    expect(await piped.end()).toBe(0);
  });

  test('knows the older transport alone is met by a host that looks for the modern era first', async () => {
    const server = await serve('sse');
    const { piped } = await odd((_asked, res) => res.writeHead(404).end('Cannot POST /mcp'));
    expect((await piped.ask('server/discover', { _meta: envelope() })).error?.code).toBe(-32000);
    expect((await piped.greet()).error?.message).toContain('404');
    expect(await piped.code).toBe(4);
    const next = host('--url', `${server.origin}/sse`);
    expect((await next.ask('server/discover', { _meta: envelope() })).error).toBeDefined();
    expect((await next.greet()).result).toBeDefined();
    expect((await next.add(1)).result).toBeDefined();
  });

  test('never names the endpoint of the older transport has its greeting answered', async () => {
    const { piped } = await odd((asked, res) =>
      asked.http === 'GET'
        ? res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': here\n\n')
        : res.writeHead(405).end(),
    );
    expect((await piped.greet()).error?.message).toBeDefined();
  });

  test('forgets the session during calls: each is answered, and the session opened anew once', async () => {
    let sessions = 0;
    const held: ServerResponse[] = [];
    const { piped, asked } = await odd((request, res) => {
      if (request.method === 'initialize') sessions += 1;
      if (
        request.http === 'POST' &&
        request.method !== 'initialize' &&
        request.headers['mcp-session-id'] !== String(sessions)
      )
        return res.writeHead(404).end();
      if (greets(request, res, { 'Mcp-Session-Id': String(sessions) })) return;
      if (request.method === 'hold') held.push(res.writeHead(200, { 'Content-Type': 'text/event-stream' }));
      else json(res, result(request.id));
    });
    await piped.greet();
    piped.send({ id: 'held', method: 'hold' });
    await eventually(() => expect(held).toHaveLength(1));
    sessions += 1;
    const after = await Promise.all(Array.from({ length: 20 }, () => piped.ask('tools/list')));
    expect(after.every((answer) => answer.result !== undefined)).toBe(true);
    held[0]?.end();
    expect((await piped.answer('held')).error).toBeDefined();
    expect(asked.filter(({ method }) => method === 'initialize')).toHaveLength(2);
    await piped.end();
  });

  test('does not know a method of the modern era keeps the session of the other', async () => {
    const server = await serve('http');
    const piped = host('--url', `${server.origin}/mcp`);
    await piped.greet();
    expect((await piped.ask('nope', { _meta: envelope() })).error?.code).toBe(-32601);
    expect((await piped.add(1)).result).toBeDefined();
    expect(piped.stderr).toBe('');
  });

  test('restarts has its unasked messages heard again', async () => {
    let up = true;
    const open = new Set<ServerResponse>();
    const { piped } = await odd((request, res) => {
      if (!up) return res.destroy();
      if (request.http !== 'GET') return greets(request, res, { 'Mcp-Session-Id': 's' });
      open.add(res.writeHead(200, { 'Content-Type': 'text/event-stream' }));
      res.write('id: 1\nretry: 100\ndata:\n\n');
    });
    await piped.greet();
    await eventually(() => expect(open.size).toBe(1));
    up = false;
    for (const res of open) res.destroy();
    open.clear();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    up = true;
    await eventually(() => expect(open.size).toBe(1), 10_000);
    for (const res of open) res.write('data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n');
    await eventually(() => expect(piped.heard.at(-1)?.method).toBe('notifications/tools/list_changed'));
  });

  test('dies in the middle of a stream, with another node beside it: the call goes on there', async () => {
    const redis = await startRedis();
    ending.push(() => redis.stop());
    const [first, second] = await Promise.all([
      serve('http', '--redis', redis.url),
      serve('http', '--redis', redis.url),
    ]);
    const address = await startAddressSwitch(first.port);
    ending.push(() => address.close());
    const piped = host('--url', `http://127.0.0.1:${address.port}/mcp`);
    await piped.greet();
    const call = piped.ask('tools/call', {
      name: 'demo_progress',
      arguments: { steps: 20 },
      _meta: { progressToken: 'p' },
    });
    await eventually(() => expect(piped.heard.some(({ method }) => method === 'notifications/progress')).toBe(true));
    address.to(second.port);
    await first.stop('SIGKILL');
    expect((await call).error?.message).toMatch(/node|ended|died/i);
    expect((await piped.add(1)).result).toBeDefined();
    expect((await piped.ask('resources/read', { uri: 'calculator://history' })).result).toBeDefined();
    expect(piped.stderr).toBe('');
    expect(await piped.end()).toBe(0);
  });

  test('of the older transport restarts is greeted anew', async () => {
    const first = await serve('sse');
    const piped = host('--url', `${first.origin}/sse`);
    await piped.greet();
    expect((await piped.add(1)).result).toBeDefined();
    await first.stop('SIGKILL');
    await serve('sse', '--port', String(first.port));
    const second = await piped.add(2);
    expect((second.error ? await piped.add(3) : second).result).toBeDefined();
    expect(await piped.end()).toBe(0);
  });

  test('answers with 60 MB is passed on within the bound of memory', async () => {
    const { piped } = await odd(
      (asked, res) => greets(asked, res) || json(res, result(asked.id, { text: 'x'.repeat(60_000_000) })),
    );
    await piped.greet();
    const { result: big } = await piped.ask('tools/list');
    expect(String(big?.text).length).toBe(60_000_000);
    expect(peakOf(piped)).toBeLessThan(450_000);
  });
});
