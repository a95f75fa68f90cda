import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { envelope } from '../helpers/modern.js';
import { endAll, greets, host, json, odd, peakOf, result, serve } from './odd-server.js';

afterEach(endAll);

describe('a host that', () => {
  test('uses an id twice at a time is refused the second, and both ids of one number are its own', async () => {
    const held: (() => void)[] = [];
    const { piped } = await odd((asked, res) => greets(asked, res) || held.push(() => json(res, result(asked.id))));
    await piped.greet();
    for (const id of [7, '7', 7]) piped.send({ id, method: 'tools/list' });
    await eventually(() => expect(held).toHaveLength(2));
    expect((await piped.answer(7)).error?.message).toContain('in use');
    for (const go of held) go();
    await eventually(() => expect(piped.answers(7)).toHaveLength(2));
    await piped.answer('7');
    expect(piped.answers('7')).toMatchObject([{ result: {} }]);
    expect(await piped.end()).toBe(0);
  });

  test('cancels calls waits for them no more, nor does the server, in either era', async () => {
    const open: ServerResponse[] = [];
    const { piped, asked } = await odd((request, res) => {
      if (greets(request, res)) return;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': \n\n');
      open.push(res);
    });
    await piped.greet();
    for (const [id, params] of [
      [10, {}],
      ['10', { _meta: envelope() }],
    ] as const) {
      piped.send({ id, method: 'tools/call', params: { name: 'x', ...params } });
      await eventually(() => expect(asked.some((request) => request.id === id)).toBe(true));
      piped.send({ method: 'notifications/cancelled', params: { requestId: id } });
    }
    await eventually(() => expect(open.map(({ destroyed }) => destroyed)).toEqual([true, true]));
    expect(asked.filter(({ method }) => method === 'notifications/cancelled').map(({ params }) => params)).toEqual([
      { requestId: 10 },
    ]);
    expect(await piped.end()).toBe(0);
    expect(piped.heard).toHaveLength(1);
  });

  test('greets twice has one session at the server', async () => {
    const server = await serve('http');
    const piped = host('--url', `${server.origin}/mcp`);
    await piped.greet();
    await piped.add(1);
    await piped.greet();
    expect((await piped.add(2)).result).toBeDefined();
    await eventually(async () => {
      const text = await (await fetch(`${server.origin}/metrics`)).text();
      expect(text).toMatch(/^mcp_active_sessions\S* 1$/m);
    });
    expect(await piped.end()).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends it by %s in the middle of calls gets an answer to each',
    async (signal) => {
      const { piped, asked } = await odd((request, res) => {
        if (!greets(request, res) && request.method === 'ping')
          res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': \n\n');
      });
      await piped.greet();
      for (let id = 10; id < 15; id += 1) piped.send({ id, method: id % 2 ? 'ping' : 'tools/list' });
      await eventually(() => expect(asked.filter(({ id }) => Number(id) >= 10)).toHaveLength(5));
      expect(await piped.kill(signal)).toBe(0);
      expect([10, 11, 12, 13, 14].map((id) => piped.answers(id).length)).toEqual([1, 1, 1, 1, 1]);
    },
  );

  test('floods a server that never answers is refused what is too much, and the end of its input is seen', async () => {
    const { piped } = await odd((asked, res) => greets(asked, res));
    await piped.greet();
    for (let id = 10; id < 5_010; id += 1) piped.send({ id, method: 'tools/list' });
    await eventually(
      () => expect(piped.heard.filter(({ error }) => error?.message.includes('1000')).length).toBeGreaterThan(0),
      12_000,
    );
    expect(await piped.end()).toBe(0);
    expect(new Set(piped.heard.map(({ id }) => id)).size).toBe(5_001);
    expect(piped.heard).toHaveLength(5_001);
  }, 40_000);

  test('closes its input at once ends it', async () => {
    const { piped } = await odd(() => undefined);
    expect(await piped.end()).toBe(0);
    expect(piped.heard).toEqual([]);
  });

  test('writes rubbish of all kinds gets an answer to each line, and is served on', async () => {
    const { piped } = await odd((asked, res) => greets(asked, res) || json(res, result(asked.id)));
    await piped.greet();
    for (const line of [
      '',
      '[]',
      '[1]',
      '7',
      'null',
      '{"jsonrpc":"1.0","id":50,"method":"x"}',
      `{"a":${'['.repeat(5_000)}`,
      '\u0000',
      '{"jsonrpc":"2.0","id":1.5,"method":"x"}',
    ])
      piped.write(line);
    expect((await piped.ask('tools/list')).result).toEqual({});
    expect(piped.heard.filter(({ error }) => error !== undefined)).toHaveLength(8);
  });

  test('sends a batch gets every answer', async () => {
    const { piped } = await odd((asked, res) => greets(asked, res) || json(res, result(asked.id)));
    await piped.ask('initialize', { protocolVersion: '2025-03-26', capabilities: {} });
    piped.write(
      JSON.stringify([
        { jsonrpc: '2.0', id: 'a', method: 'x' },
        { jsonrpc: '2.0', method: 'notifications/x' },
        { jsonrpc: '2.0', id: 'b', method: 'y' },
      ]),
    );
    await Promise.all([piped.answer('a'), piped.answer('b')]);
    expect(await piped.end()).toBe(0);
  });

  test('does not read what it is sent is taken for gone, within the bound of memory', async () => {
    const event = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(100_000) } })}\n\n`;
    const { piped } = await odd((asked, res) => {
      if (greets(asked, res)) return;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const more = (): void => {
        while (res.write(event));
        res.once('drain', more);
      };
      more();
    });
    await piped.greet();
    piped.child.stdout.pause();
    piped.send({ id: 'flood', method: 'tools/list' });
    let peak = 0;
    const looking = setInterval(() => {
      if (piped.child.exitCode === null) peak = Math.max(peak, peakOf(piped) || 0);
    }, 100);
    await once(piped.child, 'exit');
    clearInterval(looking);
    expect(peak).toBeLessThan(400_000);
    expect(piped.stderr.trim().split('\n').at(-1)).toMatch(/does not read/);
  });
});
