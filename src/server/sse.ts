import type { SseConfig } from '../config/index.js';
import { createMetrics } from '../metrics.js';
import { KeepAlive } from '../transports/keep-alive.js';
import { sse } from '../transports/sse.js';
import { openAccess } from './access.js';
import { openHost } from './host.js';
import { stoppable, untilStopped } from './lifecycle.js';
import { loggerOf } from './logger.js';
import { loadOffer, serveOffer, toolNames } from './offer.js';
import { openStorage } from './open-storage.js';
import { sseRoutes } from './sse-routes.js';

/** Serves the legacy HTTP+SSE transport until the process is told to stop. */
export async function serveSse(config: SseConfig): Promise<void> {
  const logger = await loggerOf(config.log);
  const offer = await loadOffer(config);
  let count: () => Promise<number> = async () => 0;
  const metrics = await createMetrics({ tools: toolNames(offer), processFigures: true, activeSessions: () => count() });
  const storage = await openStorage(config, logger, metrics);
  count = () => storage.sessions.count();
  const served = await serveOffer(config, offer, metrics, storage);
  const access = await openAccess(config, offer, logger, storage);
  const { bodyLimit, sessionTtlMs } = config;
  const keepAlive = new KeepAlive(config.keepAliveMs);
  const transport = sse({ served, storage, logger, metrics, keepAlive, strict: false, bodyLimit, sessionTtlMs, ...access.transport });
  const host = await openHost(config, { logger, metrics, storage, count: storage.count, routes: sseRoutes(transport), access: access.app });
  access.listensAt(host.main.url);
  for (const warning of config.warnings) logger.warn({}, warning);
  logger.info({ url: `${host.main.url}/sse` }, `listening on ${host.main.url}/sse (legacy SSE)`);

  await untilStopped(stoppable(host, [transport], [storage]), config, logger);
}
