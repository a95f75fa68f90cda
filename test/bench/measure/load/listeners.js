import { connect } from 'node:net';

/** Streams that are being opened at the same time. */
const AT_ONCE = 200;
const OPEN_LIMIT_MS = 30_000;

const sockets = new Set();

/** Opens the standalone stream of every session, on a connection of its own, and leaves it open. */
export async function listen({ url, sessions }) {
  const left = [...sessions];
  const worker = async () => {
    for (let session = left.pop(); session !== undefined; session = left.pop()) await openStream(new URL(url), session);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

export async function hangUp() {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
}

function openStream({ hostname, port, pathname, host }, session) {
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
    const headers = ['Accept: text/event-stream', `Mcp-Session-Id: ${session}`, 'MCP-Protocol-Version: 2025-11-25'];
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${headers.join('\r\n')}\r\n\r\n`);
  });
}
