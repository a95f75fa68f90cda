import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { KEEP_ALIVE_MS, listen } from '../../src/http/listen.js';
import { sendJson } from '../../src/http/send.js';
import { silentLogger } from '../../src/log.js';
import { LIMITS, raw, startHost } from './host.js';

const app = createApp({ routes: [], logger: silentLogger });

describe('listening', () => {
  it('binds to loopback, and outlives the keep-alive of a load balancer', async () => {
    const { server, url } = await startHost();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([server.keepAliveTimeout, server.headersTimeout]).toEqual([KEEP_ALIVE_MS, LIMITS.headersTimeoutMs]);
    expect(LIMITS.headersTimeoutMs).toBeGreaterThan(KEEP_ALIVE_MS);
    expect(server.requestTimeout).toBe(LIMITS.requestTimeoutMs);
    expect(KEEP_ALIVE_MS).toBe(75_000);
    expect(server.maxConnections).toBe(LIMITS.maxConnections);
  });

  it('writes an IPv6 address into its URL as one has to', async () => {
    const { url } = await startHost({}, { host: '::1' });
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${url}/echo`)).status).toBe(200);
  });

  it('says what to do when the port is taken', async () => {
    const { port } = await startHost();
    const failure = listen(app, { ...LIMITS, port });
    await expect(failure).rejects.toMatchObject({ code: 'LISTEN_FAILED', cause: { code: 'EADDRINUSE' } });
    await expect(failure).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use already: stop what listens there, or choose another port`,
    );
  });

  it('says so when the address is not of this machine', async () => {
    await expect(listen(app, { ...LIMITS, port: 0, host: '192.0.2.1' })).rejects.toThrow(
      '192.0.2.1 is not an address of this machine',
    );
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00', '400'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n', '400'],
    ['a line end inside a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\rb\r\n\r\n', '400'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na', '400'],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['headers without an end', `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`, '431'],
  ])('answers %s and goes on', async (_what, bytes, status) => {
    const { port, url } = await startHost();
    expect(await raw(port, Buffer.from(bytes, 'latin1'))).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    expect((await fetch(`${url}/echo`)).status).toBe(200);
  });

  it('answers a body that drips in too slowly with 408, and closes', async () => {
    const host = await startHost({}, { requestTimeoutMs: 200 });
    const socket = connect(host.port, '127.0.0.1');
    socket.write('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n');
    const drip = setInterval(() => socket.write('x'), 20);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('close', resolve)).finally(() => clearInterval(drip));
    expect(answer).toMatch(/^HTTP\/1.1 408/);
    expect(await host.line({ path: '/echo' })).toMatchObject({ outcome: 'client_gone' });
  });

  it('takes no more connections than it may, and tells whom it turned away', async () => {
    const refused: string[] = [];
    const { port, server } = await startHost({}, { maxConnections: 1, onRefused: (reason) => refused.push(reason) });
    const first = connect(port, '127.0.0.1');
    await once(first, 'connect');
    const dropped = once(server, 'drop');
    expect(await raw(port, 'GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
    await dropped;
    expect(refused).toEqual(['connections']);
    first.resume().write('nonsense\r\n\r\n');
    await once(first, 'close');
    expect(refused).toEqual(['connections', 'malformed']);
  });
});

describe('closing', () => {
  it('finishes what is in flight, then lets its kept connection go', async () => {
    let finish: () => void = () => {};
    let arrive: () => void = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const host = await startHost({
      routes: [
        {
          path: '/slow',
          handle: (_req, res) => {
            finish = () => sendJson(res, 200, { done: true });
            arrive();
          },
        },
      ],
    });
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<IncomingMessage>((resolve, reject) =>
      get(`${host.url}/slow`, { agent }, resolve).on('error', reject),
    );
    await arrived;
    const closed = host.close();
    await expect(fetch(`${host.url}/slow`)).rejects.toThrow();
    finish();
    const response = await answer;
    expect(response.statusCode).toBe(200);
    response.resume();
    await closed;
    expect(host.server.listening).toBe(false);
    agent.destroy();
  });

  it('resolves at once when all connections are idle', async () => {
    const host = await startHost();
    const agent = new Agent({ keepAlive: true });
    const response = await new Promise<IncomingMessage>((resolve) => get(`${host.url}/echo`, { agent }, resolve));
    await once(response.resume(), 'end');
    await host.close();
    agent.destroy();
  });

  it('does not wait for a connection on which nothing was ever sent', async () => {
    const host = await startHost();
    const connected = once(host.server, 'connection');
    const socket = connect(host.port, '127.0.0.1');
    await Promise.all([connected, once(socket, 'connect')]);
    const ended = once(socket, 'close');
    await host.close();
    await ended;
  });

  it('can be cut short', async () => {
    const host = await startHost({ routes: [{ path: '/never', handle: () => {} }] });
    const hanging = fetch(`${host.url}/never`);
    const closed = host.close();
    host.destroy();
    await expect(hanging).rejects.toThrow();
    await closed;
  });
});
