import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeHandler } from '../../src/index.js';

export interface Mounted {
  /** Where the handler is. */
  readonly url: string;
  close(): Promise<void>;
}

/** Servers of others, each with routes of its own beside a mounted handler, and with what each usually has in front of it. */
export const HOSTS: Readonly<Record<string, (mcp: NodeHandler) => Promise<Mounted>>> = {
  'node:http': (mcp) =>
    listening((req, res) => void (req.url?.startsWith('/deep/mcp') ? mcp(req, res) : res.end('own')), '/deep/mcp'),
  'Express with its JSON parser': (mcp) => {
    const app = express();
    app.use(express.json());
    app.get('/', (_req, res) => void res.send('own'));
    app.use('/deep/mcp', mcp);
    return listening(app, '/deep/mcp');
  },
  'Express without a parser': (mcp) => {
    const app = express();
    app.get('/', (_req, res) => void res.send('own'));
    app.all('/mcp', mcp);
    return listening(app, '/mcp');
  },
  async Fastify(mcp) {
    const app = fastify();
    app.get('/', () => 'own');
    app.all('/mcp', (request, reply) => {
      reply.hijack();
      return mcp(request.raw, reply.raw, request.body);
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url: `${url}/mcp`, close: () => app.close() };
  },
  Koa(mcp) {
    const app = new Koa();
    app.use(async (context, next) => {
      if (context.path !== '/mcp') return void (context.body = 'own');
      context.respond = false;
      await mcp(context.req, context.res);
      await next();
    });
    return listening(app.callback(), '/mcp');
  },
  // Its pages API: a body that is parsed, and an answer that counts as missing when the promise resolves before it.
  'the pages API of Next': (mcp) =>
    listening(async (req, res) => {
      if (req.url !== '/api/mcp') return void res.end('own');
      await parsed(req);
      await mcp(req, res);
      if (!res.writableEnded && !res.destroyed) throw new Error('API resolved without sending a response');
    }, '/api/mcp'),
};

async function parsed(req: IncomingMessage & { body?: unknown }): Promise<void> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk);
  if (text !== '') req.body = JSON.parse(text) as unknown;
}

export async function listening(
  listener: (req: IncomingMessage, res: ServerResponse) => unknown,
  path: string,
): Promise<Mounted> {
  const server: Server = createServer((req, res) => void listener(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, close };
}
