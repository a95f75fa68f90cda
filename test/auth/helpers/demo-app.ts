import express from 'express';
import type { RequestListener } from 'node:http';
import { demoAuthorizationServer } from '../../../src/auth-server/authorization-server.js';
import type { AuthorizationServerOptions } from '../../../src/auth-server/authorization-server.js';
import { scopesWith } from '../../../src/auth-server/scopes.js';
import { bearerGuard } from '../../../src/auth/guard.js';
import { ownerOf } from '../../../src/auth/ownership.js';
import { protectedResourceMetadata, resourcesOf } from '../../../src/auth/protected-resource.js';
import { clientAddress } from '../../../src/http/middleware/client-address.js';
import { memoryValueStore } from '../../../src/sessions/memory/value-store.js';
import { serve } from './serve.js';
import type { Served } from './serve.js';
import { testLogger } from './silent-logger.js';

/**
 * An authorization server and a guarded endpoint beside it, on a free port. `baseUrl` is another node's address where the
 * two stand behind one name.
 */
export async function serveDemo(options: Partial<AuthorizationServerOptions> = {}): Promise<Served> {
  let handle: RequestListener = () => undefined;
  const host = await serve((req, res) => handle(req, res));
  const { baseUrl = host.url } = options;
  const logger = testLogger();
  const demo = demoAuthorizationServer({
    store: memoryValueStore(),
    resources: resourcesOf(baseUrl),
    scopes: scopesWith(['admin']),
    allowLoopbackClients: true,
    logger,
    ...options,
    baseUrl,
  });
  const guard = bearerGuard({ verifier: demo.verifier, baseUrl, requiredScopes: ['mcp'], logger });
  const metadata = protectedResourceMetadata({
    baseUrl,
    authorizationServers: [demo.issuer],
    scopes: ['mcp', 'admin'],
  });
  const app = express();
  const findAddress = clientAddress('loopback');
  app.use((req, res, next) => void (findAddress(req, res) && next()));
  app.use((req, res, next) => void (metadata(req, res) || next()));
  app.use(demo.router);
  app.all('/mcp', async (req, res) => {
    if (await guard.authenticate(req, res)) res.json({ owner: ownerOf(req.auth), auth: req.auth });
  });
  handle = app;
  return host;
}
