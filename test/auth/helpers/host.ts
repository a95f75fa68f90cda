import type { RequestListener } from 'node:http';
import { createApp } from '../../../src/http/app.js';
import { authorization } from '../../../src/server/authorization.js';
import type { AuthorizationOptions } from '../../../src/server/authorization.js';
import { memoryValueStore } from '../../../src/sessions/memory/value-store.js';
import { serve } from './serve.js';
import type { Served } from './serve.js';
import { testLogger } from './silent-logger.js';

/** The whole host with all its guards, as the commands compose it, on a port that is known only when it listens. */
export async function serveHost(
  settings: AuthorizationOptions['settings'],
  more: Partial<AuthorizationOptions> = {},
): Promise<Served> {
  const logger = testLogger();
  let handle: RequestListener = () => undefined;
  const host = await serve((req, res) => handle(req, res));
  const access = await authorization({ settings, baseUrl: () => host.url, store: memoryValueStore(), logger, ...more });
  handle = createApp({
    logger,
    authenticate: access.authenticate,
    routers: access.routers,
    routes: [
      {
        path: '/mcp',
        secured: true,
        handle: (req, res) => void res.end(JSON.stringify({ subject: access.subjectOf(req) })),
      },
    ],
  });
  return host;
}
