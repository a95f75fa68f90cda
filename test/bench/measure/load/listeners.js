import { connect } from 'node:net';
import { post } from '../../workloads/headers.js';
import { modernListen, modernListenHeaders } from '../../workloads/requests.js';

/** Streams that are being opened at the same time. */
const AT_ONCE = 200;
const OPEN_LIMIT_MS = 30_000;

const sockets = new Set();

/** Opens the standalone stream of every session, on a connection of its own, and leaves it open. */
export async function listen({ url, sessions }) {
  const { host, pathname } = new URL(url);
  const headers = (session) => [
    'Accept: text/event-stream',
    `Mcp-Session-Id: ${session}`,
    'MCP-Protocol-Version: 2025-11-25',
  ];
  await openStreams(
    url,
    sessions.map((session) => `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${headers(session).join('\r\n')}\r\n\r\n`),
  );
}

/** The same in the modern era: so many requests that listen. */
export async function listenModern({ url, count }) {
  const { host, pathname } = new URL(url);
  const headers = Object.entries({
    ...post(),
    ...modernListenHeaders,
    'content-length': String(modernListen.length),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${headers.join('')}\r\n${modernListen}`;
  await openStreams(url, Array(count).fill(request));
}

async function openStreams(url, requests) {
  const left = [...requests];
  const worker = async () => {
    for (let text = left.pop(); text !== undefined; text = left.pop()) await openStream(new URL(url), text);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

export async function hangUp() {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
}

function openStream({ hostname, port }, request) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    const fail = (message) => {
      socket.destroy();
      sockets.delete(socket);
      reject(new Error(`A stream could not be opened: ${message}`));
    };
    socket.setTimeout(OPEN_LIMIT_MS, () => fail('no answer in time'));
    socket.once('error', ({ message }) => fail(message));
    socket.once('data', (chunk) => {
      if (!chunk.toString('latin1').startsWith('HTTP/1.1 200')) return fail(chunk.toString('latin1').slice(0, 200));
      socket.setTimeout(0).resume();
      resolve();
    });
    socket.write(request);
  });
}
