import express from 'express';
import fastify from 'fastify';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createNodeHandler } from 'mcp-calc';
import { createFetchHandler } from 'mcp-calc/fetch';
import catalog from '../../examples/conformance/server.js';

/** Silent, because the suite sends much that is refused. */
const QUIET = { logLevel: 'silent' };

/** The handler in an Express app that parses JSON before it. */
export async function openExpress(options) {
  const mcp = await createNodeHandler(catalog, { ...QUIET, ...options });
  const app = express().use(express.json({ strict: false }));
  app.all('/api/mcp', mcp);
  return listening(createServer(app), '/api/mcp', () => mcp.close());
}

/** The handler in a Fastify app. */
export async function openFastify(options) {
  const mcp = await createNodeHandler(catalog, { ...QUIET, ...options });
  const app = fastify();
  app.all('/mcp', (request, reply) => {
    reply.hijack();
    return mcp(request.raw, reply.raw, request.body);
  });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const close = async () => {
    await mcp.close();
    app.server.closeAllConnections();
    await app.close();
  };
  return { url: `${origin}/mcp`, close };
}

/** The fetch handler, behind a server that turns Node's requests into web requests. */
export async function openFetch(options) {
  const handler = createFetchHandler(catalog, { allowedHosts: ['localhost', '127.0.0.1'], ...options });
  return listening(
    createServer((req, res) => void answer(handler, req, res)),
    '/mcp',
  );
}

async function answer(handler, req, res) {
  const hangUp = new AbortController();
  res.once('close', () => hangUp.abort());
  const hasBody = !['GET', 'HEAD'].includes(req.method);
  const response = await handler(
    new Request(new URL(req.url, `http://${req.headers.host}`), {
      method: req.method,
      headers: req.headers,
      signal: hangUp.signal,
      ...(hasBody && { body: Readable.toWeb(req), duplex: 'half' }),
    }),
  );
  res.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) return res.end();
  await pipeline(Readable.fromWeb(response.body), res).catch(() => undefined);
}

async function listening(server, path, closeHandler = async () => undefined) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    await closeHandler();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}${path}`, close };
}
