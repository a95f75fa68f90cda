import type { HttpConfig } from '../config/index.js';
import type { Route } from '../http/app.js';
import type { Logger } from '../log.js';
import { createMetrics } from '../metrics.js';
import type { Metrics } from '../metrics.js';
import type { Storage } from '../sessions/contract.js';
import { KeepAlive } from '../transports/keep-alive.js';
import { sse } from '../transports/sse.js';
import { streamableHttp } from '../transports/streamable-http/index.js';
import { openAccess } from './access.js';
import { openHost } from './host.js';
import { stoppable, untilStopped } from './lifecycle.js';
import { loggerOf } from './logger.js';
import { loadOffer, serveOffer, toolNames } from './offer.js';
import { openStorage } from './open-storage.js';
import { sseRoutes } from './sse-routes.js';
import type { Worker } from './workers/worker.js';

/** Serves Streamable HTTP, and the legacy endpoints where asked, until the process is told to stop. */
export async function serveHttp(config: HttpConfig): Promise<void> {
  const logger = await loggerOf(config.log);
  if (config.workers === 1) return serveHere(config, logger);
  const [{ asWorker }, { runWorkers }] = await Promise.all([import('./workers/worker.js'), import('./workers/primary.js')]);
  const worker = asWorker();
  await (worker ? serveHere(config, logger, worker) : runWorkers(config, logger));
}

async function serveHere(config: HttpConfig, logger: Logger, worker?: Worker): Promise<void> {
  const offer = await loadOffer(config);
  let count: () => Promise<number> = async () => 0;
  const metrics = await createMetrics({
    tools: toolNames(offer),
    processFigures: true,
    ...(worker && { reported: true }),
    ...(config.stateful && { activeSessions: () => count() }),
  });
  // The legacy transport has sessions even beside a stateless /mcp.
  const storage = config.stateful || config.sse ? await openStorage(config, logger, metrics) : undefined;
  if (storage) count = () => storage.sessions.count();
  const state = storage ?? (await openSharedState(config, logger, metrics));
  const served = await serveOffer(config, offer, metrics, storage);
  const access = await openAccess(config, offer, logger, state);
  const { strict, sseAfterMs, bodyLimit, sessionTtlMs } = config;
  const keepAlive = new KeepAlive(config.keepAliveMs);
  const shared = { served, logger, metrics, keepAlive, strict, bodyLimit, sessionTtlMs, ...access.transport };

  const mcp = streamableHttp({ ...shared, sseAfterMs, ...(config.stateful && storage && { storage }) });
  const legacy = config.sse && storage ? sse({ ...shared, storage }) : undefined;
  const routes: Route[] = [
    { path: '/mcp', handle: mcp.handle, secured: true },
    ...(legacy ? sseRoutes(legacy) : []),
  ];
  const shown = worker ? worker.together(metrics) : metrics;
  const host = await openHost(config, { logger, metrics: shown, routes, access: access.app, count: state.count, ...(storage && { storage }) });
  access.listensAt(host.main.url);
  if (worker) worker.listening(host.main.url);
  else announce(config, host.main.url, logger);

  const present = <T>(part: T | undefined): part is T => part !== undefined;
  const stopped = stoppable(host, [mcp, legacy].filter(present), [state]);
  await untilStopped(stopped, config, logger, worker?.signals);
}

/** What the nodes of a stateless server have in common: the counts of a rate limit, and the state of the demo authorization server. */
function openSharedState(config: HttpConfig, logger: Logger, metrics: Metrics): Promise<Storage> {
  const needed = config.rateLimit !== undefined || config.auth.mode === 'demo';
  return openStorage(needed ? config : { ...config, redis: undefined }, logger, metrics);
}

function announce({ stateful, redis, warnings }: HttpConfig, url: string, logger: Logger): void {
  for (const warning of warnings) logger.warn({}, warning);
  const pattern = stateful ? `stateful, sessions ${redis ? 'in Redis' : 'in memory'}` : 'stateless';
  logger.info({ url: `${url}/mcp`, pattern }, `listening on ${url}/mcp (${pattern})`);
}
