import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FrontOptions {
  /** Keeps every answer until it is complete, its headers too, as a buffering proxy does. */
  readonly buffer?: boolean;
  /** Answers by itself where it returns true. */
  answer?(req: IncomingMessage, res: ServerResponse, origin: string): boolean;
  /** The headers of an answer that is passed on. */
  headers?(headers: IncomingHttpHeaders): IncomingHttpHeaders;
}

/** A reverse proxy in front of a server, on a port of its own; resolves to its origin. */
export async function frontOf(
  behind: string,
  { buffer = false, answer, headers = (same) => same }: FrontOptions,
): Promise<string> {
  const server = createServer((req, res) => {
    const { port } = server.address() as AddressInfo;
    if (answer?.(req, res, `http://127.0.0.1:${port}`)) return;
    const { host: _host, ...passed } = req.headers;
    const inner = request(new URL(req.url ?? '/', behind), { method: req.method, headers: passed }, (found) => {
      const start = (): void => void res.writeHead(found.statusCode ?? 502, headers(found.headers));
      if (!buffer) {
        start();
        res.flushHeaders();
        found.pipe(res);
        return;
      }
      const chunks: Buffer[] = [];
      found.on('data', (chunk: Buffer) => chunks.push(chunk));
      found.on('end', () => {
        start();
        res.end(Buffer.concat(chunks));
      });
    });
    inner.on('error', () => res.destroy());
    res.on('close', () => inner.destroy());
    req.pipe(inner);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function json(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): true {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}
