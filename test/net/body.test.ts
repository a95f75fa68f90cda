import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { BodyTooLargeError, readBounded, readJsonObject } from '../../src/net/body.js';

async function answerOf(listener: RequestListener): Promise<Response> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void (server.close(), server.closeAllConnections()));
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const saying = (body: string | Buffer) => answerOf((_req, res) => void res.end(body));

it('reads a body up to its bound, letters whole however they were cut', async () => {
  const pieces = [...Buffer.from('€5 für 👩‍👩‍👧')].map((byte) => Uint8Array.of(byte));
  async function* body() {
    yield* pieces;
  }
  expect(await readBounded(body(), pieces.length)).toBe('€5 für 👩‍👩‍👧');
  await expect(readBounded(body(), pieces.length - 1)).rejects.toThrow(BodyTooLargeError);
});

it('ends the stream behind a body that is too large', async () => {
  let closed: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (closed = resolve));
  const response = await answerOf((_req, res) => {
    const more = setInterval(() => res.write('x'.repeat(10_000)), 1);
    res.on('close', () => (clearInterval(more), closed()));
  });
  await expect(readBounded(response.body as NonNullable<typeof response.body>, 50_000)).rejects.toThrow(
    'larger than 50000 bytes',
  );
  await gone;
});

it.each([
  ['an object', '{"a":1}', { a: 1 }],
  ['a list', '[1]', undefined],
  ['null', 'null', undefined],
  ['no JSON', '<html>', undefined],
  ['nothing', '', undefined],
  ['an object beyond all measure', `{"a":"${'x'.repeat(1_100_000)}"}`, undefined],
])('finds in an answer that is %s what is there', async (_what, body, found) => {
  expect(await readJsonObject(await saying(body))).toEqual(found);
});

it('finds nothing in an answer without a body, and tells of a connection that broke', async () => {
  expect(await readJsonObject(await answerOf((_req, res) => void res.writeHead(204).end()))).toBeUndefined();
  const broken = await answerOf((_req, res) => {
    res.writeHead(200, { 'content-length': '100' });
    res.write('{"a":');
    setImmediate(() => res.destroy());
  });
  await expect(readJsonObject(broken)).rejects.toThrow();
});
