import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'vitest';
import { freePort } from '../helpers/redis.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { listen } from './hostile.js';

describe.concurrent('--connect-timeout', () => {
  it.for([
    ['http', 'mcp', 'auto'],
    ['sse', 'sse', 'sse'],
  ] as const)('waits for a server that is started later (%s)', async ([command, path, transport], { expect }) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/${path}`;
    const waiting = runCli(['client', 'ping', '--transport', transport, '--connect-timeout', '14s', '--url', url], {
      timeoutMs: 15_000,
    });
    const once = await runCli(['client', 'ping', '--transport', transport, '--url', url]);
    expect(once.code).toBe(4);
    const server = await spawnServer([command, '--port', String(port)]);
    try {
      expect((await waiting).code).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it.for(['http', 'sse'])('waits while it is answered with 503, and no longer (%s)', async (transport, { expect }) => {
    let requests = 0;
    const server = await listen((request, response) => {
      request.resume();
      requests += 1;
      if (requests <= 3) response.writeHead(503).end();
      else response.writeHead(418).end('ready, and a teapot');
    });
    try {
      const args = ['client', 'ping', '--era', 'legacy', '--transport', transport, '--connect-timeout', '10s'];
      const { stderr } = await runCli([...args, '--url', `${server.origin}/mcp`]);
      expect(stderr).toContain('418');
      expect(requests).toBe(4);
    } finally {
      await server.close();
    }
  });

  it('gives up when the time is over, with the last reason, and at once where waiting helps nobody', async ({
    expect,
  }) => {
    const url = `http://127.0.0.1:${await freePort()}/mcp`;
    const late = await runCli(['client', 'tools', '--json', '--connect-timeout', '700ms', '--url', url]);
    expect(late.ms).toBeGreaterThan(700);
    expect(late.code).toBe(4);
    expect(JSON.parse(late.stdout)).toMatchObject({
      error: { reason: 'unreachable', message: expect.stringContaining('Nobody listens at') as string, exitCode: 4 },
    });
    const server = await listen((request, response) => {
      request.resume();
      response.writeHead(404).end();
    });
    try {
      const gone = await runCli(['client', 'tools', '--connect-timeout', '60s', '--url', `${server.origin}/mcp`]);
      expect(gone.stderr).toContain('(404)');
    } finally {
      await server.close();
    }
  });

  it('bounds a server that takes the connection and says nothing', async ({ expect }) => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
      const { stderr, code } = await runCli(['client', 'tools', '--connect-timeout', '600ms', '--url', url]);
      expect(stderr).toContain('in time');
      expect(code).toBe(4);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('ends at Ctrl-C', async ({ expect }) => {
    const child = startCli([
      'client',
      'ping',
      '--trace',
      '--connect-timeout',
      '60s',
      '--url',
      `http://127.0.0.1:${await freePort()}/mcp`,
    ]);
    child.stdin.end();
    const ended = once(child, 'close');
    child.stderr.once('data', () => child.kill('SIGINT'));
    expect(await ended).toEqual([130, null]);
  });

  it('is a time', async ({ expect }) => {
    const { stderr, code } = await runCli(['client', 'ping', '--connect-timeout', 'soon']);
    expect(stderr).toContain('--connect-timeout: "soon" is wrong');
    expect(code).toBe(1);
  });
});

describe.concurrent('a failure with --json', () => {
  it('is JSON on stdout, with the code and data of the error that the server answered with', async ({ expect }) => {
    const { stdout, stderr, code } = await runCli(['client', 'read', 'calculator://nothing', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { reason: 'answer', code: -32002, data: { uri: 'calculator://nothing' }, exitCode: 5 },
    });
    expect(stderr).toMatch(/^mcp-calc: The server answered with error -32002/m);
    expect(code).toBe(5);
  });

  it('is JSON for wrong usage, too', async ({ expect }) => {
    const { stdout, code } = await runCli(['client', 'call', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { message: expect.stringMatching(/^Usage: /) as string, exitCode: 1 },
    });
    expect(code).toBe(1);
  });
});
