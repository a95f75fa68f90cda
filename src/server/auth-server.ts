import type { RequestHandler } from 'express';
import { demoAuthorizationServer } from '../auth-server/authorization-server.js';
import type { AuthorizationServerOptions } from '../auth-server/authorization-server.js';
import type { AuthServerConfig } from '../config/index.js';
import { createApp } from '../http/app.js';
import { listen } from '../http/listen.js';
import type { Logger } from '../log.js';
import { untilStopped } from './lifecycle.js';
import { loggerOf } from './logger.js';
import { openStorage, whereKept } from './open-storage.js';

/** No load balancer waits for this server's readiness, and its requests are short. */
const DRAIN = { drainDelayMs: 0, drainTimeoutMs: 5_000 };

/** Bounds for sessions, of which an authorization server has none. */
const NO_SESSIONS = { sessionTtlMs: 60_000, historyLimit: 1, maxSessions: 1 };

/** Serves the demo authorization server until the process is told to stop. */
export async function serveAuthServer(config: AuthServerConfig): Promise<void> {
  const logger = await loggerOf(config.log);
  const storage = await openStorage({ ...config, ...NO_SESSIONS }, logger);
  // Its address, which is part of what it says, is known only once it listens; requests come later than that.
  let router: RequestHandler = (_req, _res, next) => next();
  const { rateLimit, trustProxy } = config;
  const app = createApp({
    routes: [],
    routers: [(req, res, next) => router(req, res, next)],
    allowedHosts: config.allowedHosts ?? ['*'],
    allowedOrigins: config.allowedOrigins ?? ['*'],
    corsOrigins: config.corsOrigins === '*' ? ['*'] : config.corsOrigins,
    trustProxy: typeof trustProxy === 'object' ? [...trustProxy] : trustProxy,
    rateLimit: rateLimit && { ...rateLimit, count: storage.count },
    logger,
  });
  const listening = await listen(app, config);
  try {
    const server = demoAuthorizationServer({
      baseUrl: config.baseUri ?? listening.url,
      store: storage.values,
      resources: 'any',
      ...introspectionOf(config, logger),
      count: config.rateLimit && storage.count,
      logger,
    });
    router = server.router;
    for (const warning of config.warnings) logger.warn({}, warning);
    logger.info(
      { url: listening.url, issuer: server.issuer },
      `authorization server listening on ${listening.url}, issuer ${server.issuer}, state ${whereKept(config.redis)}`,
    );
    await untilStopped(
      {
        beginDrain: () => undefined,
        drain: () => listening.close(),
        abort: async () => listening.destroy(),
      },
      DRAIN,
      logger,
    );
  } finally {
    listening.destroy();
    await storage.close();
  }
}

/** RFC 7662 §2.1 wants to know who asks. On the loopback alone, where only this machine can, it may be anyone. */
function introspectionOf(
  { introspectionClient, isLoopback }: AuthServerConfig,
  logger: Logger,
): Pick<AuthorizationServerOptions, 'introspection'> {
  if (introspectionClient) return { introspection: introspectionClient };
  if (isLoopback) return { introspection: 'anyone' };
  logger.warn(
    {},
    'there is no introspection endpoint: set INTROSPECTION_CLIENT_ID and INTROSPECTION_CLIENT_SECRET to have one',
  );
  return {};
}
