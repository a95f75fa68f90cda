import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { childrenOf, endedWithin } from '../helpers/processes.js';
import { callOf, post, request } from '../helpers/rpc.js';
import { startCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const TROUBLE = join(import.meta.dirname, '../fixtures/trouble.js');

/** What a test that failed has left running. */
const started: { kill(signal: NodeJS.Signals): boolean }[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

const start = async (args: readonly string[]) => {
  const server = await spawnServer(args);
  started.push(server.child);
  return server;
};

describe('SIGHUP, once or (as of a terminal that is closed) twice, drains as SIGTERM does:', () => {
  test.for([
    ['http', '--stateful'],
    ['http', '--stateless', '--workers', '2'],
  ])('mcp-calc %s %s finishes what is in flight, and ends with 0', async (args) => {
    const server = await start([...args, '--server', TROUBLE]);
    const ended = once(server.child, 'exit');
    const workers = childrenOf(Number(server.child.pid));
    const headers = { Accept: 'application/json' };
    const opened = await post(
      `${server.origin}/mcp`,
      request('initialize', { protocolVersion: '2025-11-25' }),
      headers,
    );
    const session = opened.headers.get('mcp-session-id');
    const slow = post(`${server.origin}/mcp`, callOf('slow', {}, 's'), {
      ...headers,
      ...(session !== null && { 'Mcp-Session-Id': session }),
    });
    await eventually(() => expect(server.log.join('\n')).toContain('slow begins'));
    server.child.kill('SIGHUP');
    server.child.kill('SIGHUP');
    expect(await (await slow).json()).toMatchObject({ id: 's', result: { content: [{ text: 'done' }] } });
    expect((await ended)[0]).toBe(0);
    await endedWithin(workers, 1_000);
  });

  test('mcp-calc sse', async () => {
    const server = await start(['sse', '--server', TROUBLE]);
    const reader = new EventReader(await fetch(`${server.origin}/sse`));
    const endpoint = `${server.origin}${(await reader.next())?.data}`;
    await post(endpoint, request('initialize', { protocolVersion: '2024-11-05' }, 1));
    await reader.message();
    await post(endpoint, callOf('slow', {}, 's'));
    const ended = once(server.child, 'exit');
    server.child.kill('SIGHUP');
    expect(await reader.message()).toMatchObject({ id: 's', result: { content: [{ text: 'done' }] } });
    expect((await ended)[0]).toBe(0);
  });

  test('mcp-calc auth-server', async () => {
    const server = await start(['auth-server']);
    expect(await server.stop('SIGHUP')).toBe(0);
  });

  test.for(['SIGHUP', 'SIGTERM'] as const)('mcp-calc stdio, at %s', async (signal) => {
    const child = startCli(['stdio', '--server', TROUBLE]);
    started.push(child);
    const ended = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    child.stdin.write(`${JSON.stringify(request('ping', {}, 1))}\n${JSON.stringify(callOf('slow', {}, 's'))}\n`);
    await once(lines, 'line');
    child.kill(signal);
    const [line] = (await once(lines, 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ id: 's', result: { content: [{ text: 'done' }] } });
    expect((await ended)[0]).toBe(0);
  });

  test('mcp-calc stdio whose output is not read ends all the same', async () => {
    const child = startCli(['stdio']);
    started.push(child);
    const ended = once(child, 'exit');
    const list = `${JSON.stringify(request('tools/list'))}\n`;
    child.stdin.on('error', () => undefined).write(list.repeat(100));
    await once(child.stdout, 'readable');
    child.kill('SIGHUP');
    await endedWithin([Number(child.pid)], 3_000);
    expect((await ended)[0]).toBe(0);
  });
});
