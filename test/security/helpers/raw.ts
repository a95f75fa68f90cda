import { once } from 'node:events';
import { connect } from 'node:net';

/** How long a raw exchange may take, ms. */
const LIMIT_MS = 5_000;

/** Sends bytes and resolves to all that comes back until the server closes. The request should ask for that. */
export function raw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const timer = setTimeout(
      () => socket.destroy(new Error(`No end within ${LIMIT_MS} ms after ${answer.slice(0, 200)}`)),
      LIMIT_MS,
    );
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    );
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** A whole request with these lines in its head, as bytes that ask for the connection to be closed. */
export function head(line: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${line} HTTP/1.1`, ...headers, ...length, 'Connection: close', '', body].join('\r\n');
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** Opens a connection and sends these parts, one every `everyMs`, until the server closes it. Resolves to what came back, and when. */
export async function drip(
  port: number,
  first: string,
  part: string,
  everyMs: number,
): Promise<{ answer: string; ms: number }> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(first);
    timer = setInterval(() => socket.write(part), everyMs);
  });
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined);
  const giveUp = setTimeout(() => socket.destroy(), LIMIT_MS);
  await once(socket, 'close');
  clearInterval(timer);
  clearTimeout(giveUp);
  return { answer, ms: performance.now() - started };
}
