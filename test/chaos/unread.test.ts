import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { PIPELINED_REQUESTS } from '../../src/http/listen.js';
import { eventually } from '../helpers/eventually.js';
import { parseExposition } from '../helpers/exposition.js';
import { callOf, request } from '../helpers/rpc.js';
import { binary } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnsPerTest } from '../helpers/servers.js';

const spawnHere = spawnsPerTest();
const start = (...args: string[]) => spawnHere(args);
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection that reads nothing until it is told to. */
function unreading({ port }: SpawnedServer): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  return socket.on('error', () => undefined).pause();
}

function posted(body: object): string {
  const text = JSON.stringify(body);
  const fields = ['Host: localhost', 'Content-Type: application/json', 'Accept: application/json'];
  return `POST /mcp HTTP/1.1\r\n${fields.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

async function refusals({ origin }: SpawnedServer): Promise<Record<string, number>> {
  const families = parseExposition(await (await fetch(`${origin}/metrics`)).text());
  const samples = families.get('mcp_refusals_total')?.samples ?? [];
  return Object.fromEntries(samples.map(({ labels, value }) => [String(labels.reason), value]));
}

/** Reads on; resolves to all that came when as much as `enough` says has, or the connection has ended. */
async function readAll(socket: Socket, enough: (text: string) => boolean = () => false): Promise<string> {
  let text = '';
  const done = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (enough(text)) resolve();
    });
  });
  socket.resume();
  await done;
  return text;
}

const answersIn = (text: string) => text.split('HTTP/1.1 200').length - 1;
/** Its answer repeats it three times: more than the kernel keeps for a connection. */
const big = (length: number) =>
  request('prompts/get', { name: 'generate-problems', arguments: { topic: 'x'.repeat(length) } });
const BIG = 6_000_000;

describe('who sends requests and reads no answers', () => {
  test('has so many of them served, and is cut off with the next', async () => {
    const server = await start('http', '--stateless');
    const one = posted(request('tools/list'));
    const socket = unreading(server);
    const closed = once(socket, 'close');
    socket.write(one.repeat(PIPELINED_REQUESTS * 20));
    await eventually(async () => expect((await refusals(server)).pipelined).toBe(1));
    socket.resume();
    await closed;
    expect((await fetch(`${server.origin}/livez`)).status).toBe(200);
  });

  test('has all answers where they are no more than that', async () => {
    const server = await start('http', '--stateless');
    const socket = unreading(server);
    socket.write(posted(request('ping')).repeat(PIPELINED_REQUESTS));
    const text = await readAll(socket, (sofar) => answersIn(sofar) === PIPELINED_REQUESTS);
    expect(answersIn(text)).toBe(PIPELINED_REQUESTS);
    expect(await refusals(server)).toEqual({});
  });

  test('is cut off after --send-timeout, and not who reads slowly, nor who waits for a slow answer', async () => {
    const server = await start('http', '--stateless', '--send-timeout', '500ms', '--body-limit', '8mb');
    const [dead, slow, waiting] = [unreading(server), unreading(server), unreading(server)];
    const [gone, fine] = [once(dead, 'close'), once(slow, 'close')];
    for (const socket of [dead, slow]) socket.write(posted(big(BIG)));
    waiting.write(posted(callOf('demo_progress', { steps: 5 })));
    let received = 0;
    // Two thirds of the limit apart, for twice the limit.
    slow.on('data', (chunk: Buffer) => void ((received += chunk.length), slow.pause()));
    for (let turn = 0; turn < 3; turn += 1) {
      slow.resume();
      await delay(330);
    }
    slow.removeAllListeners('data');
    slow.on('data', (chunk: Buffer) => void (received += chunk.length)).resume();
    await eventually(() => expect(received).toBeGreaterThan(3 * BIG));
    await eventually(async () => expect((await refusals(server)).unread).toBe(1));
    dead.resume();
    await gone;
    expect(await readAll(waiting, (text) => text.includes('completed'))).toContain('completed with 5 steps');
    slow.destroy();
    await fine;
  });

  test('of the legacy stream is cut off as well', async () => {
    const server = await start('sse', '--send-timeout', '500ms');
    const socket = unreading(server);
    const closed = once(socket, 'close');
    socket.write('GET /sse HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [head] = (await once(socket.resume(), 'data')) as [Buffer];
    socket.pause();
    const path =
      /data: (\S+)/.exec(head.toString())?.[1] ?? /data: (\S+)/.exec(String(await once(socket.resume(), 'data')))?.[1];
    socket.pause();
    for (let at = 0; at < 8; at += 1) {
      const body = JSON.stringify({ ...big(1_000_000), id: at });
      const headers = { 'Content-Type': 'application/json' };
      const { status } = await fetch(`${server.origin}${path}`, { method: 'POST', headers, body });
      if (status === 404) break;
    }
    await eventually(async () => {
      const text = await (await fetch(`${server.origin}/metrics`)).text();
      expect(parseExposition(text).get('mcp_sse_streams_open')?.samples[0]?.value).toBe(0);
    });
    socket.resume();
    await closed;
  });
});

test('over stdio, who reads no answers is not read either, and has all of them when it does', async () => {
  const child = spawn(process.execPath, [binary, 'stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  child.stdout.pause();
  const COUNT = 6_000;
  child.stdin.write(
    Array.from({ length: COUNT }, (_, id) => `${JSON.stringify(request('tools/list', {}, id))}\n`).join(''),
  );
  // Nothing is taken any more.
  let before = -1;
  await eventually(async () => {
    const left = Number(child.stdin.writableLength);
    const same = left === before;
    before = left;
    await delay(1_000);
    expect(same).toBe(true);
  }, 15_000);
  child.stdin.end();
  expect(child.stdin.writableLength).toBeGreaterThan(0);
  const ids: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) ids.push((JSON.parse(line) as { id: unknown }).id);
  await ended;
  expect(ids).toEqual(Array.from({ length: COUNT }, (_, id) => id));
}, 60_000);
