import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/http/body.js';
import { ClientGoneError } from '../../src/http/errors.js';
import { BODY_LIMIT, raw, startHost } from './host.js';

const head = (...headers: string[]) => ['POST /echo HTTP/1.1', 'Host: localhost', ...headers, '', ''].join('\r\n');

/** A body as chunks of this many bytes each (RFC 9112, 7.1). */
function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

describe('reading a body', () => {
  it.each([1, 2, 3])('keeps characters whole that are split over chunks of %i bytes', async (size) => {
    const { port } = await startHost();
    const body = Buffer.from('añ→😀"');
    const bytes = Buffer.concat([
      Buffer.from(head('Transfer-Encoding: chunked', 'Connection: close')),
      chunked(body, size),
    ]);
    expect(await raw(port, bytes)).toContain(JSON.stringify(body.toString()));
  });

  it('reads an empty body as an empty text, and drops a byte order mark', async () => {
    const { url } = await startHost();
    for (const [body, text] of [
      ['', ''],
      ['\ufeff{}', '{}'],
    ]) {
      const answer = await fetch(`${url}/echo`, { method: 'POST', body });
      expect(await answer.json()).toMatchObject({ body: text });
    }
  });

  it('takes a body of exactly the limit, and answers one byte more with 413', async () => {
    const { url } = await startHost();
    const status = async (bytes: number) =>
      (await fetch(`${url}/echo`, { method: 'POST', body: 'x'.repeat(bytes) })).status;
    expect(await status(BODY_LIMIT)).toBe(200);
    expect(await status(BODY_LIMIT + 1)).toBe(413);
  });

  it('answers 413 by the announced length, before the body is there, and closes', async () => {
    const { port } = await startHost();
    const answer = await raw(port, head('Content-Length: 10000000000'));
    expect(answer).toMatch(/^HTTP\/1.1 413/);
    expect(answer).toMatch(/^connection: close/im);
    expect(answer).toContain('"code":-32000');
  });

  it('answers 413 to a body that never ends, and stops reading it', async () => {
    const { port } = await startHost();
    const socket = connect(port, '127.0.0.1');
    socket.write(head('Transfer-Encoding: chunked'));
    const chunk = chunked(Buffer.alloc(60_000, 'x'), 60_000).subarray(0, -5);
    let sent = 0;
    const send = () => {
      while (sent < 200_000_000 && !socket.destroyed && socket.write(chunk)) sent += chunk.length;
    };
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('drain', send).on('error', () => {});
    send();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 413/);
    expect(sent).toBeLessThan(100_000_000);
  });

  it('answers a client that sends all of a too large body before it reads', async () => {
    const { port } = await startHost();
    const body = 'x'.repeat(3_000_000);
    expect(await raw(port, `${head(`Content-Length: ${body.length}`)}${body}`)).toMatch(/^HTTP\/1.1 413/);
  });

  it('keeps the connection after a small body that nobody read', async () => {
    const { port } = await startHost();
    const request = `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n`;
    const answer = await raw(port, `${request}\r\nhello${request}Connection: close\r\n\r\nhello`);
    expect(answer.match(/HTTP\/1.1 404/g)).toHaveLength(2);
  });

  it('answers bytes that are not UTF-8 with 400 / -32700', async () => {
    const { url } = await startHost();
    const answer = await fetch(`${url}/echo`, { method: 'POST', body: new Uint8Array([0x22, 0xc3, 0x28, 0x22]) });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: -32700 } });
  });

  it('answers an encoded body with 415, and says what it takes', async () => {
    const { url } = await startHost();
    const encoded = { method: 'POST', body: gzipSync('{}'), headers: { 'Content-Encoding': 'gzip' } };
    const answer = await fetch(`${url}/echo`, encoded);
    expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
  });

  it('rejects with ClientGoneError when the client goes away', async () => {
    let settle: (error: unknown) => void = () => {};
    const failed = new Promise<unknown>((resolve) => (settle = resolve));
    let begun: () => void = () => {};
    const reading = new Promise<void>((resolve) => (begun = resolve));
    const host = await startHost({
      routes: [
        {
          path: '/echo',
          handle: async (req) => {
            begun();
            await readBody(req, BODY_LIMIT).catch((error: unknown) => {
              settle(error);
              throw error;
            });
          },
        },
      ],
    });
    const socket = connect(host.port, '127.0.0.1');
    socket.write(`${head('Content-Length: 100')}half`);
    await reading;
    socket.destroy();
    expect(await failed).toBeInstanceOf(ClientGoneError);
    expect(await host.line({ path: '/echo' })).toMatchObject({ status: 499, outcome: 'client_gone' });
    expect(host.lines().filter((line) => line.level === 'error')).toEqual([]);
  });
});
