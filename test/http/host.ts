import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { resolveConfig } from '../../src/config/index.js';
import { createApp } from '../../src/http/app.js';
import type { AppOptions } from '../../src/http/app.js';
import { readBody } from '../../src/http/body.js';
import { listen } from '../../src/http/listen.js';
import type { Listening, ListenOptions } from '../../src/http/listen.js';
import type { Route } from '../../src/http/app.js';
import { sendJson } from '../../src/http/send.js';
import { createLogger } from '../../src/log.js';
import type { LogThreshold } from '../../src/log.js';

export const BODY_LIMIT = 200_000;

/** What a server is limited to unless told otherwise. */
const { maxConnections, headersTimeoutMs, requestTimeoutMs, sendTimeoutMs } = resolveConfig('http', {}, {});
export const LIMITS = { maxConnections, headersTimeoutMs, requestTimeoutMs, sendTimeoutMs };

/** Answers with what the handler got. */
export const echo: Route = {
  path: '/echo',
  handle: async (req, res) => {
    const body = req.method === 'POST' ? await readBody(req, BODY_LIMIT) : '';
    sendJson(res, 200, { body, requestId: req.requestId, address: req.clientAddress });
  },
};

export interface Host extends Listening {
  /** The log lines so far, parsed. */
  lines(): Record<string, unknown>[];
  /** All that was logged, as it was written. */
  logged(): string;
  /** Resolves to the first line that has these fields, as soon as it is written. */
  line(fields: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** A running host, with the route `/echo` unless others are named; it is closed when the test ends. */
export async function startHost(
  options: Partial<AppOptions> = {},
  listenOptions: Partial<ListenOptions> = {},
  level: LogThreshold = 'info',
): Promise<Host> {
  const written: string[] = [];
  const waiting = new Set<() => void>();
  const write = (line: string) => {
    written.push(line);
    for (const look of waiting) look();
  };
  const logger = await createLogger({ level, destination: { write } });
  const listening = await listen(createApp({ routes: [echo], logger, ...options }), {
    port: 0,
    ...LIMITS,
    ...listenOptions,
  });
  onTestFinished(() => listening.destroy());
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  const find = (fields: Record<string, unknown>) =>
    lines().find((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
  return {
    ...listening,
    lines,
    logged: () => written.join(''),
    line: (fields) =>
      new Promise((resolve) => {
        const look = () => {
          const found = find(fields);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Writes bytes to a socket and resolves to all that comes back until the server closes it. */
export function raw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** A raw request with these header lines, on a connection that the server closes after it. */
export function rawRequest(
  port: number,
  requestLine: string,
  headers: readonly string[] = [],
  body = '',
): Promise<string> {
  const lines = [requestLine, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body];
  return raw(port, lines.join('\r\n'));
}
