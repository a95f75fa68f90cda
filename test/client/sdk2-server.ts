import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import {
  McpServer,
  ResourceTemplate,
  completable,
  createMcpHandler,
  inputRequired,
} from '@modelcontextprotocol/server';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { SmallServer } from './hostile.js';

/** A server of the official SDK's second generation over HTTP, which speaks the modern era alone, or both. */
export async function startSdk2Server(legacy: 'reject' | 'stateless' = 'reject'): Promise<SmallServer> {
  const handler: McpHttpHandler = createMcpHandler(() => makeServer(() => handler), { legacy });
  const server = createServer((request, response) => void answer(handler, request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await handler.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(handler: McpHttpHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { status, headers, body } = await handler.fetch(
    new Request(`http://${request.headers.host}${request.url}`, {
      method: request.method,
      headers: request.headers as Record<string, string>,
      body: request.method === 'POST' ? (Readable.toWeb(request) as ReadableStream) : undefined,
      duplex: 'half',
      signal: gone.signal,
    } as RequestInit),
  );
  response.writeHead(status, Object.fromEntries(headers));
  if (body === null) response.end();
  else
    Readable.fromWeb(body as NodeStream)
      .on('error', () => response.destroy())
      .pipe(response);
}

function makeServer(handlerOf: () => McpHttpHandler): McpServer {
  const server = new McpServer(
    { name: 'sdk2', version: '1.0.0' },
    { capabilities: { logging: {}, tools: { listChanged: true }, resources: { subscribe: true } } },
  );
  const text = (value: string): { content: [{ type: 'text'; text: string }] } => ({
    content: [{ type: 'text', text: value }],
  });
  server.registerTool(
    'greet',
    { inputSchema: z.object({ name: z.string() }), annotations: { readOnlyHint: true } },
    ({ name }) => text(`Hello, ${name}`),
  );
  server.registerTool(
    'place',
    { inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }) },
    ({ region }) => text(`in ${region}`),
  );
  server.registerTool('count', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    const { progressToken } = mcpReq._meta ?? {};
    for (const progress of [1, 2, 3])
      if (progressToken !== undefined)
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 3 } });
    return text('counted to 3');
  });
  server.registerTool('interview', { inputSchema: z.object({}) }, (_args, { mcpReq }) => {
    const { who, what } = (mcpReq.inputResponses ?? {}) as Record<string, Record<string, unknown> | undefined>;
    const requestState = mcpReq.requestState<string>();
    if (requestState === undefined && who === undefined)
      return inputRequired({
        inputRequests: {
          who: inputRequired.elicit({
            message: 'Who are you?',
            requestedSchema: { type: 'object', properties: { name: { type: 'string', default: 'nobody' } } },
          }),
        },
      });
    const name = requestState ?? String((who?.content as { name?: unknown } | undefined)?.name);
    if (what === undefined)
      return inputRequired({
        inputRequests: {
          what: inputRequired.createMessage({
            maxTokens: 10,
            messages: [{ role: 'user', content: { type: 'text', text: 'And what now?' } }],
          }),
        },
        requestState: name,
      });
    return text(`${name}: ${JSON.stringify(what.content)}`);
  });
  server.registerTool('touch', { inputSchema: z.object({}) }, () => {
    handlerOf().notify.resourceUpdated('sdk2://note');
    return text('touched');
  });
  server.registerResource('note', 'sdk2://note', {}, (uri) => ({ contents: [{ uri: uri.href, text: 'a note' }] }));
  server.registerResource(
    'people',
    new ResourceTemplate('sdk2://people/{name}', {
      list: undefined,
      complete: { name: (start) => ['Ada', 'Alan', 'Grace'].filter((name) => name.startsWith(start)) },
    }),
    {},
    (uri, { name }) => ({ contents: [{ uri: uri.href, text: `I am ${String(name)}` }] }),
  );
  server.registerPrompt(
    'welcome',
    { argsSchema: z.object({ name: completable(z.string(), () => ['Ada']) }) },
    ({ name }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Welcome ${name}` } }] }),
  );
  return server;
}
