import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnServer } from '../helpers/spawn-server.js';
import { Piped } from './piped.js';
import type { Message } from './piped.js';

/** What a test has started, to be ended after it. */
export const ending: (() => unknown)[] = [];
export async function endAll(): Promise<void> {
  for (const end of ending.splice(0).reverse()) await end();
}

export function host(...args: readonly string[]): Piped {
  const piped = new Piped(args);
  ending.push(() => piped.kill('SIGKILL'));
  return piped;
}

export async function serve(...args: string[]): Promise<Awaited<ReturnType<typeof spawnServer>>> {
  const server = await spawnServer(args);
  ending.push(() => server.stop());
  return server;
}

export interface Asked extends Message {
  readonly http: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server that answers as it likes; resolves to a host of it, and to what it was asked. */
export async function odd(
  answer: (asked: Asked, res: ServerResponse) => unknown,
): Promise<{ piped: Piped; asked: Asked[]; url: string }> {
  const asked: Asked[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.once('end', () => {
      const message = (body === '' ? {} : JSON.parse(body)) as Message;
      const all = { ...message, http: String(req.method), headers: req.headers };
      asked.push(all);
      void answer(all, res);
    });
  });
  const url = await at(server);
  return { piped: host('--url', `${url}/mcp`), asked, url };
}

export async function at(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const json = (res: ServerResponse, body: unknown, headers: Record<string, string> = {}): unknown =>
  res.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
export const result = (id: unknown, value: object = {}): object => ({ jsonrpc: '2.0', id, result: value });
const greeting = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'odd', version: '1' } };
/** What any server of the legacy era does at the beginning; true where that was it. */
export function greets({ http, method, id }: Asked, res: ServerResponse, headers = {}): boolean {
  if (http === 'GET') res.writeHead(405).end();
  else if (http === 'DELETE') res.writeHead(200).end();
  else if (method === 'initialize') json(res, result(id, greeting), headers);
  else if (id === undefined) res.writeHead(202).end();
  else return false;
  return true;
}

/** The most that the process has held, kB. */
export const peakOf = ({ child }: Piped): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
