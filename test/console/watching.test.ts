import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { WireEntry } from '../../src/console/wire/entry.js';
import { tap } from '../../src/console/wire/tap.js';
import type { SetTap } from '../../src/console/wire/wire.js';
import { Wire } from '../../src/console/wire/wire.js';
import { silentLogger } from '../../src/log.js';
import { memoryMessageBus } from '../../src/sessions/memory/message-bus.js';
import { eventually } from '../helpers/eventually.js';
import { spawnsPerTest } from '../helpers/servers.js';
import { addressOf, ask, ENV } from './helpers.js';

const spawn = spawnsPerTest();

it('requests are looked at from the first who watches to the last, and no longer', async () => {
  let tapped: Parameters<SetTap>[0];
  const wire = new Wire(memoryMessageBus(), (given) => (tapped = given), silentLogger);
  const server = createServer((_req, res) => void wire.watch(res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Plain connections: `fetch` opens another in advance, which lasts for seconds, after each that is aborted.
  const watch = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    return socket;
  };
  try {
    expect(tapped).toBeUndefined();
    const first = await watch();
    const second = await watch();
    expect(tapped).toBeDefined();
    first.destroy();
    const connections = () => new Promise<number>((resolve) => server.getConnections((_error, open) => resolve(open)));
    await eventually(async () => expect(await connections()).toBe(1));
    expect(tapped).toBeDefined();
    second.destroy();
    await eventually(() => expect(tapped).toBeUndefined());
    // As a node does where somebody watches, and says no more of it.
    wire.hear({ kind: 'console-watch', sessionId: '', node: 'another' });
    expect(tapped).toBeDefined();
    wire.hear({ kind: 'console-unwatch', sessionId: '', node: 'another' });
    expect(tapped).toBeUndefined();
  } finally {
    wire.close();
    server.closeAllConnections();
    server.close();
  }
});

it('what other nodes have dropped is counted, and not kept for a watcher that does not read', async () => {
  const wire = new Wire(memoryMessageBus(), () => undefined, silentLogger);
  const watching: ServerResponse[] = [];
  const server = createServer((_req, res) => {
    watching.push(res);
    wire.watch(res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  try {
    await eventually(() => expect(watching).toHaveLength(1));
    const body = 'x'.repeat(500_000);
    const tell = (entries: object[]) =>
      wire.hear({ kind: 'console-wire', sessionId: '', node: 'another', entries, dropped: 1 });
    for (let batch = 0; batch < 20; batch += 1)
      tell([{ exchange: 'a.1', node: 'another', at: 0, kind: 'event', body }]);
    // Until no more is taken.
    await eventually(() => expect(watching[0]?.writableLength).toBeGreaterThan(900_000), 10_000);
    for (let count = 20; count < 200_000; count += 1) tell([]);
    expect(watching[0]?.writableLength).toBeLessThan(2_500_000);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
    const dropped = () => [...text.matchAll(/event: dropped\ndata: (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    await eventually(() => expect(dropped()).toBeGreaterThanOrEqual(200_000), 10_000);
  } finally {
    wire.close();
    socket.destroy();
    server.closeAllConnections();
    server.close();
  }
});

it('the target and the headers of a request are shown with nothing that a terminal obeys', async () => {
  const entries: WireEntry[] = [];
  const server = createServer((req, res) => {
    tap(req, res, { exchange: 'n.1', node: 'n', tell: (entry) => entries.push(entry) });
    res.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    // Ends what a terminal takes as pasted, and the line.
    await ask(`${url}/mcp?x=%1b[201~%0aid%03&token=t0p&a=b%26c`, { 'x-y': 'a\x9b31mb' });
    const [{ path, headers } = {}] = entries;
    expect(path).toBe('/mcp?x=%1b[201~%0aid%03&token=[redacted]&a=b%26c');
    expect(headers?.['x-y']).toBe('ab');
    entries.length = 0;
    await ask(`${url}/mcp?x=%1b[201~Bearer%20abc.def%0aid%03`);
    expect(entries[0]?.path).toBe('/mcp?x= [201~Bearer [redacted] id');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('nothing of the console is loaded before it is opened', async () => {
  const recorder = new URL('../helpers/record-imports.mjs', import.meta.url).href;
  const { origin, log } = await spawn(['http'], ENV, { nodeArgs: ['--import', recorder] });
  const ofConsole = () =>
    log
      .flatMap((line) => /^LOADED (.*)$/.exec(line)?.[1] ?? [])
      .map((file) => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url)))
      .filter((file) => readFileSync(file, 'utf8').includes('mcp_calc_console_'));
  await ask(`${origin}/health`);
  expect(log.join('\n')).toContain('LOADED');
  expect(ofConsole()).toEqual([]);
  await ask(addressOf(origin));
  await eventually(() => expect(ofConsole()).not.toEqual([]));
});
