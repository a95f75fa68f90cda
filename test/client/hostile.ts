import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** An HTTP server on a free loopback port. */
export async function listen(listener: RequestListener): Promise<SmallServer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Message {
  id?: number;
  method: string;
  params?: Record<string, unknown>;
}

/** A Streamable HTTP server that shakes hands and leaves every other request to `answer`. */
export function shakesHands(
  answer: (message: Message, response: ServerResponse, request: IncomingMessage) => void,
): RequestListener {
  return (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    void bodyOf(request).then((body) => {
      const message = JSON.parse(body) as Message;
      if (message.id === undefined) response.writeHead(202).end();
      else if (message.method === 'initialize')
        sendResult(response, message.id, {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'hostile', version: '1' },
        });
      else answer(message, response, request);
    });
  };
}

export function sendResult(response: ServerResponse, id: number | undefined, result: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** A stdio server in one line of JavaScript: `on(message)` is called for every request after the handshake. */
export function stdioServer(on: string): string[] {
  const script = `
    const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method } = JSON.parse(line);
      if (id === undefined) return;
      if (method === 'initialize') return send({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'hostile', version: '1' } } });
      ${on}
    });`;
  return [process.execPath, '-e', script];
}

/** A stdio server, after `--`, with these tools, which are all answered with this message. */
export function toolServer(tools: readonly object[], message: string): string[] {
  const listed = `{ id, result: { tools: ${JSON.stringify(tools)} } }`;
  const answer = `method === 'tools/list' ? ${listed} : method === 'tools/call' ? ${message} : { id, result: {} }`;
  return ['--', ...stdioServer(`send(${answer})`)];
}

/** A tool that takes nothing and may be called. */
export function readOnlyTool(name: string): object {
  return { name, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } };
}
