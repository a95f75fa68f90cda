import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { EVENTS_PER_STREAM } from '../../src/sessions/limits.js';
import { SLOW_READER_BYTES } from '../../src/transports/event-stream.js';
import { KeepAlive } from '../../src/transports/keep-alive.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer, McpServerOptions } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { Answer } from '../helpers/rpc.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';

/** More than the socket buffers on the way can hold, and the bound beyond. */
const MESSAGE = 'x'.repeat(100_000);
const TIMES = 400;

let finished = 0;

/** Sends as many messages as it is asked for. */
const talk = defineTool({
  name: 'talk',
  title: 'Talk',
  description: 'Sends messages',
  inputSchema: z.object({ times: z.number(), message: z.string() }),
  async handler({ times, message }, context) {
    let sent = 0;
    for (; sent < times && !context.signal.aborted; sent += 1) await context.progress(sent, times, message);
    finished += 1;
    return { content: [{ type: 'text', text: String(sent) }] };
  },
});

async function withServer(options: McpServerOptions, run: (server: McpServer) => Promise<void>): Promise<void> {
  const server = await startMcpServer({ offer: defineCatalog({ tools: [talk] }), ...options });
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

describe('bounds of the transport', () => {
  test('no more sessions than allowed: 503 with Retry-After, and room again when one has ended', () =>
    withServer({ maxSessions: 2 }, async ({ url }) => {
      const first = await openSession(url);
      await openSession(url);
      const refused = await post(url, request('initialize', { protocolVersion: '2025-11-25' }));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(((await refused.json()) as Answer).error?.message).toContain('2');
      await fetch(url, { method: 'DELETE', headers: first });
      await openSession(url);
    }));

  test('a session is gone after its TTL', () =>
    withServer({ ttlMs: 300 }, async ({ url, storage }) => {
      const session = await openSession(url);
      await eventually(async () => expect(await storage?.sessions.count()).toBe(0));
      expect((await post(url, request('ping'), session)).status).toBe(404);
    }));

  test('an open stream keeps its session alive, while an idle session beside it expires', () =>
    withServer({ ttlMs: 400, transport: { keepAlive: new KeepAlive(50) } }, async ({ url, storage }) => {
      const session = await openSession(url);
      const listener = new EventReader(await fetch(url, { headers: { ...session, Accept: 'text/event-stream' } }));
      await openSession(url);
      await eventually(async () => expect(await storage?.sessions.count()).toBe(1));
      expect((await post(url, request('ping'), session)).status).toBe(200);
      await listener.close();
    }));

  test('a stream keeps its newest events only: an id that was dropped is refused, never a silent gap', () =>
    withServer({}, async ({ url }) => {
      const session = await openSession(url);
      const call = callOf('talk', { times: EVENTS_PER_STREAM + 10, message: 'm' });
      const reader = new EventReader(await post(url, call, { ...session, Accept: 'text/event-stream' }));
      const first = await reader.next();
      const events = await reader.rest();
      const dropped = await fetch(url, { headers: { ...session, 'Last-Event-ID': String(first?.id) } });
      expect(dropped.status).toBe(400);
      const kept = await fetch(url, { headers: { ...session, 'Last-Event-ID': String(events.at(-3)?.id) } });
      expect(await new EventReader(kept).rest()).toHaveLength(2);
    }));

  test('a client that does not read is cut off, while its call goes on to its end', () =>
    withServer({ sendTimeoutMs: 300 }, async ({ url, origin }) => {
      const session = await openSession(url);
      const before = finished;
      const params = { name: 'talk', arguments: { times: TIMES, message: MESSAGE }, _meta: { progressToken: 1 } };
      const body = JSON.stringify(request('tools/call', params));
      const socket = connect(Number(new URL(origin).port), '127.0.0.1');
      socket.on('error', () => undefined).pause();
      const head = {
        ...session,
        Host: '127.0.0.1',
        'Content-Type': 'application/json',
        'Content-Length': String(body.length),
      };
      const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
      socket.write(`POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
      await eventually(() => expect(finished).toBe(before + 1), 10_000);
      let received = 0;
      const closed = once(socket, 'close');
      socket.on('data', (chunk: Buffer) => (received += chunk.length)).resume();
      await closed;
      expect(received).toBeGreaterThan(0);
      expect(received).toBeLessThan(TIMES * MESSAGE.length - SLOW_READER_BYTES);
    }));
});
