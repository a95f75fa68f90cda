import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { PIPELINED_REQUESTS } from '../../src/http/listen.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { envelope, MODERN } from '../helpers/modern.js';
import { callOf, openSession } from '../helpers/rpc.js';

const BUSY_MS = 20;
let begun = 0;
const offer = {
  ...calculatorCatalog({}),
  tools: defineCatalog({
    tools: [
      defineTool({
        name: 'busy',
        title: 'Busy',
        description: 'Holds the event loop.',
        inputSchema: z.object({}),
        handler: () => {
          begun += 1;
          for (const end = performance.now() + BUSY_MS; performance.now() < end; );
          return { content: [] };
        },
      }),
    ],
  }).tools,
};

let server: McpServer;
let session: Record<string, string>;
beforeEach(async () => {
  begun = 0;
  server = await startMcpServer({ offer, transport: { sseAfterMs: 60_000 } });
  session = await openSession(server.url);
});
afterEach(() => server.close());

function posted(body: Record<string, unknown>, headers: Record<string, string> = {}): string {
  const text = JSON.stringify(body);
  const all = {
    Host: 'localhost',
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'Content-Length': String(Buffer.byteLength(text)),
    ...headers,
  };
  return `POST /mcp HTTP/1.1\r\n${lines(all)}\r\n\r\n${text}`;
}

const lines = (headers: Record<string, string>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n');

const listenRequest = (id: number) =>
  posted(
    {
      jsonrpc: '2.0',
      id,
      method: 'subscriptions/listen',
      params: { _meta: envelope(), notifications: { resourceSubscriptions: ['calculator://stats'] } },
    },
    { 'MCP-Protocol-Version': MODERN, 'Mcp-Method': 'subscriptions/listen' },
  );

async function streamsOpen(): Promise<number> {
  const { text } = await server.metrics.render();
  return Number(/^mcp_sse_streams_open (\d+)/m.exec(text)?.[1]);
}

function send(text: string) {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
  socket.resume().write(text);
  return socket;
}

test('streams that wait behind another on their connection end when it is lost', async () => {
  const socket = send(Array.from({ length: PIPELINED_REQUESTS }, (_, id) => listenRequest(id)).join(''));
  await eventually(async () => expect(await streamsOpen()).toBe(PIPELINED_REQUESTS));
  socket.destroy();
  await eventually(async () => expect(await streamsOpen()).toBe(0));
});

test('a standalone stream that waits behind another ends with their connection', async () => {
  const get = `GET /mcp HTTP/1.1\r\n${lines({ Host: 'localhost', Accept: 'text/event-stream', ...session })}\r\n\r\n`;
  const socket = send(listenRequest(1) + get);
  await eventually(async () => expect(await streamsOpen()).toBe(2));
  socket.destroy();
  await eventually(async () => expect(await streamsOpen()).toBe(0));
});

test('requests that come at once leave the event loop to others in between', async () => {
  const COUNT = 10;
  let last = performance.now();
  let longest = 0;
  let looking = true;
  const look = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (looking) setImmediate(look);
  };
  look();
  const socket = send(Array.from({ length: COUNT }, (_, id) => posted(callOf('busy', {}, id), session)).join(''));
  await eventually(() => expect(begun).toBe(COUNT));
  await delay(1);
  looking = false;
  socket.destroy();
  expect(longest).toBeLessThan((COUNT * BUSY_MS) / 2);
});

test('a subscription whose client leaves while it waits for its turn is not begun', async () => {
  const busy = Array.from({ length: 5 }, (_, id) => posted(callOf('busy', {}, id), session)).join('');
  const socket = send(busy + listenRequest(9));
  await eventually(() => expect(begun).toBeGreaterThan(0));
  socket.destroy();
  await delay(10 * BUSY_MS);
  expect(await streamsOpen()).toBe(0);
});
