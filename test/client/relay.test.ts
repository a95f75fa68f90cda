import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Browser } from '../auth/helpers/browser.js';
import { eventually } from '../helpers/eventually.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { Piped } from './piped.js';

const servers: SpawnedServer[] = [];
const hosts: Piped[] = [];
async function serve(...args: string[]): Promise<SpawnedServer> {
  const server = await spawnServer(args);
  servers.push(server);
  return server;
}
function host(args: readonly string[], env?: Record<string, string>): Piped {
  const piped = new Piped(args, env);
  hosts.push(piped);
  return piped;
}
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((piped) => piped.kill('SIGKILL')));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const sessionsOf = async ({ origin }: SpawnedServer): Promise<unknown> =>
  ((await (await fetch(`${origin}/health/detailed`)).json()) as { sessions: unknown }).sessions;

describe('stdio in place of a server at an address', () => {
  test('ends its session at the server, and itself, when the host has ended its input', async () => {
    const server = await serve('http');
    const piped = host(['--url', `${server.origin}/mcp`]);
    expect((await piped.greet()).result).toMatchObject({ serverInfo: { name: 'mcp-calc' } });
    const before = JSON.stringify(await sessionsOf(server));
    expect((await piped.add(1)).result?.structuredContent).toMatchObject({ value: 2 });
    expect(await piped.end()).toBe(0);
    await eventually(async () => expect(JSON.stringify(await sessionsOf(server))).not.toBe(before));
    expect(piped.stderr).toBe('');
  });

  test('opens a session anew that the server has forgotten, in the words of the host', async () => {
    const first = await serve('http');
    const piped = host(['--url', `${first.origin}/mcp`]);
    await piped.greet();
    expect((await piped.add(1)).result).toBeDefined();
    await first.stop('SIGKILL');
    expect((await piped.add(2)).error?.message).toContain('Nobody listens');
    await serve('http', '--port', String(first.port));
    const again = await Promise.all([piped.add(3), piped.add(4)]);
    expect(again.map(({ result }) => result?.structuredContent)).toMatchObject([{ value: 4 }, { value: 5 }]);
    expect(piped.stderr.match(/a new one is opened/g)).toHaveLength(1);
    expect(piped.heard.filter(({ id }) => typeof id === 'string')).toEqual([]);
  });

  test('answers a call whose server dies meanwhile', async () => {
    const server = await serve('http', '--stateless');
    const piped = host(['--url', `${server.origin}/mcp`]);
    await piped.greet();
    const _meta = { progressToken: 'p' };
    const call = piped.ask('tools/call', { name: 'demo_progress', arguments: { steps: 10 }, _meta });
    await eventually(() => expect(piped.heard.some(({ method }) => method === 'notifications/progress')).toBe(true));
    await server.stop('SIGKILL');
    expect((await call).error).toMatchObject({ code: -32000 });
    expect(await piped.end()).toBe(0);
  });

  test('says what is wrong where nobody listens, to the host and on stderr, and ends', async () => {
    const piped = host(['--url', 'http://127.0.0.1:9/mcp']);
    expect((await piped.greet()).error?.message).toMatch(/port 9|Nobody listens/);
    expect(await piped.code).toBe(4);
    expect(piped.stderr).toMatch(/^mcp-calc: .*(port 9|Nobody listens)/);
  });

  test('ends with its input although the server has never answered the greeting', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const piped = host(['--url', `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`]);
    piped.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }));
    piped.write(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' }));
    await once(silent, 'request');
    expect(await piped.end()).toBe(0);
    silent.closeAllConnections();
    silent.close();
  });

  test('answers a greeting whose stream ends without a word, and goes on', async () => {
    const empty = createServer((_req, res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' }).end());
    empty.listen(0, '127.0.0.1');
    await once(empty, 'listening');
    const piped = host(['--url', `http://127.0.0.1:${(empty.address() as AddressInfo).port}/mcp`]);
    expect((await piped.ask('initialize')).error?.message).toContain('ended before the answer');
    expect((await piped.ask('ping')).error?.message).toContain('ended before the answer');
    expect(await piped.end()).toBe(0);
    expect(piped.stderr).toBe('');
    empty.closeAllConnections();
    empty.close();
  });

  test('takes the legacy transport where the server knows no other', async () => {
    const server = await serve('sse');
    const piped = host(['--url', `${server.origin}/sse`]);
    expect((await piped.greet()).result).toMatchObject({ protocolVersion: '2025-11-25' });
    expect((await piped.add(1)).result?.structuredContent).toMatchObject({ value: 2 });
  });

  test('answers what is not a message, and goes on', async () => {
    const server = await serve('http');
    const piped = host(['--url', `${server.origin}/mcp`]);
    await piped.greet();
    piped.write('rubbish');
    piped.write('{"jsonrpc":"2.0","id":"odd","method":7}');
    await eventually(() =>
      expect(piped.heard.map(({ id, error }) => [id, error?.code])).toEqual(
        expect.arrayContaining([
          [null, -32700],
          ['odd', -32600],
        ]),
      ),
    );
    expect((await piped.ask('nope')).error?.code).toBe(-32601);
    expect((await piped.add(1)).result).toBeDefined();
    expect(await piped.kill('SIGTERM')).toBe(0);
  });

  test('signs in once in the browser, and the next process needs none', async () => {
    const server = await serve('http', '--auth', 'demo');
    const home = mkdtempSync(join(tmpdir(), 'mcp-calc-relay-'));
    const env = { XDG_CONFIG_HOME: home };
    const args = ['--url', `${server.origin}/mcp`, '--no-browser'];
    try {
      const piped = host(args, env);
      const greeted = piped.greet();
      const address = await eventually(() => {
        const found = /Sign in at: (\S+)\n/.exec(piped.stderr)?.[1];
        if (found === undefined) throw new Error(piped.stderr);
        return found;
      }, 10_000);
      await fetch(await new Browser().signIn(address));
      expect((await greeted).result).toBeDefined();
      await piped.end();
      const next = host(args, env);
      expect((await next.greet()).result).toBeDefined();
      expect((await next.add(1)).result).toBeDefined();
      expect(next.stderr).toBe('');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test('with a token that is refused, ends with the exit code that says so', async () => {
    const server = await serve('http', '--auth', 'demo');
    const piped = host(['--url', `${server.origin}/mcp`, '--token-env', 'HERS'], { HERS: 'wrong' });
    expect((await piped.greet()).error?.message).toContain('401');
    expect(await piped.code).toBe(3);
    expect(piped.stderr).not.toContain('wrong');
  });

  test.each([
    [['--url', 'nowhere'], 'is not the address of a server'],
    [['--url', 'http://127.0.0.1:1/mcp', '--server', './mine.js'], 'Only one of --server and --url'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const piped = host(args);
    expect(await piped.code).toBe(1);
    expect(piped.stderr).toContain(sentence);
  });
});
