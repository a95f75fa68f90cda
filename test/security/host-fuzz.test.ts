import fc from 'fast-check';
import { Router } from 'express';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { memoryCounter } from '../../src/sessions/memory/counter.js';
import { echo, startHost } from '../http/host.js';

const RUNS = 1_000;
/** Bytes that mean something to HTTP, more often than others. */
const piece = fc.oneof(
  fc.constantFrom(
    'GET',
    'POST',
    ' ',
    '/',
    '/echo',
    '/mcp',
    'HTTP/1.1',
    'HTTP/1.0',
    '\r\n',
    '\n',
    '\r\n\r\n',
    ':',
    '%',
    '?',
    '*',
    '//',
    '\0',
    '{',
    '"',
  ),
  fc.constantFrom(
    'Host: localhost',
    'Host: evil',
    'Content-Length: 5',
    'Content-Length: -1',
    'Transfer-Encoding: chunked',
    'Origin: null',
  ),
  fc.constantFrom(
    'X-Request-Id: \x7f',
    'X-Forwarded-For: ,,',
    'Connection: upgrade',
    'Upgrade: h2c',
    'Expect: 100-continue',
    'Content-Encoding: x',
  ),
  fc.string({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const request = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'CONNECT', 'TRACE'),
      fc.webPath(),
      fc.array(piece, { maxLength: 5 }),
      fc.string(),
    )
    .map(
      ([method, path, headers, body]) =>
        `${method} ${path || '/'} HTTP/1.1\r\nHost: localhost\r\n${headers.join('\r\n')}\r\n\r\n${body}`,
    ),
);

/** Sends bytes, ends, and resolves to the statuses that came back. */
function exchange(port: number, bytes: string): Promise<number[]> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'));
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.on('error', () => {});
    socket.on('close', () => resolve([...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))));
  });
}

describe('the host', () => {
  it('answers whatever comes in with no more than a 4xx, logs no bug, and goes on', { timeout: 60_000 }, async () => {
    const router = Router();
    router.get('/page/:name', (req, res) => void res.json(req.params));
    const host = await startHost({
      routes: [echo],
      routers: [router],
      trustProxy: true,
      rateLimit: { max: 1e9, windowMs: 60_000, count: memoryCounter() },
    });
    await fc.assert(
      fc.asyncProperty(request, async (bytes) => {
        for (const status of await exchange(host.port, bytes)) expect(status).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
    expect(host.lines().filter((line) => line.level === 'error')).toEqual([]);
    expect((await fetch(`${host.url}/echo`)).status).toBe(200);
  });
});
