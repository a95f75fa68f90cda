import type { HttpConfig, ServerConfig, SseConfig } from '../config/index.js';
import type { Route } from '../http/app.js';
import type { Logger } from '../log.js';
import { createMetrics } from '../metrics.js';
import type { Metrics } from '../metrics.js';
import type { Tasks } from '../protocol/modern/tasks/tasks.js';
import type { Storage } from '../sessions/contract.js';
import { KeepAlive } from '../transports/keep-alive.js';
import { sse } from '../transports/sse.js';
import { streamableHttp } from '../transports/streamable-http/index.js';
import { Turns } from '../transports/turns.js';
import { openAccess } from './access.js';
import { openHost } from './host.js';
import type { Draining } from './lifecycle.js';
import { stoppable, untilStopped } from './lifecycle.js';
import { loggerOf } from './logger.js';
import type { ServedProtocol } from './offer.js';
import { loadOffer, serveOffer, toolNames } from './offer.js';
import { openStorage, whereKept } from './open-storage.js';
import { erasOf, stateOptions, tasksOf } from './protocol.js';
import type { Worker } from './workers/worker.js';

/** Serves Streamable HTTP, and the legacy endpoints where asked, until the process is told to stop. */
export async function serveHttp(config: HttpConfig): Promise<void> {
  const logger = await loggerOf(config.log);
  const { stateful, redis } = config;
  const pattern = stateful ? `stateful, sessions ${whereKept(redis)}` : 'stateless';
  const endpoints: Endpoints = { mcp: config, sse: config.sse, shown: '/mcp', pattern };
  if (config.workers === 1) return serve(config, endpoints, logger);
  const [{ asWorker }, { runWorkers }] = await Promise.all([
    import('./workers/worker.js'),
    import('./workers/primary.js'),
  ]);
  const worker = asWorker(logger);
  await (worker ? serve(config, endpoints, logger, worker) : runWorkers(config, logger));
}

/** Serves the legacy HTTP+SSE transport until the process is told to stop. */
export async function serveSse(config: SseConfig): Promise<void> {
  const pattern = `legacy SSE, sessions ${whereKept(config.redis)}`;
  await serve(config, { sse: true, shown: '/sse', pattern }, await loggerOf(config.log));
}

interface Endpoints {
  /** Streamable HTTP, where it is served. */
  readonly mcp?: Pick<
    HttpConfig,
    | 'stateful'
    | 'strict'
    | 'sseAfterMs'
    | 'workers'
    | 'era'
    | 'lenientHeaders'
    | 'stateKey'
    | 'stateTtlMs'
    | 'taskAfterMs'
    | 'taskTtlMs'
  >;
  /** Whether the legacy endpoints are. */
  readonly sse: boolean;
  /** The path that the start line names, and what it says of it. */
  readonly shown: string;
  readonly pattern: string;
}

async function serve(
  config: ServerConfig,
  { mcp: http, sse: isLegacy, shown, pattern }: Endpoints,
  logger: Logger,
  worker?: Worker,
): Promise<void> {
  const offer = await loadOffer(config, http?.stateful ? config.sessionTtlMs : undefined);
  let count: () => Promise<number> = async () => 0;
  const metrics = await createMetrics({
    tools: toolNames(offer),
    processFigures: true,
    reported: worker !== undefined,
    activeSessions: http?.stateful === false ? undefined : () => count(),
  });
  // The legacy transport has sessions even beside a stateless /mcp.
  const storage = isLegacy || http?.stateful ? await openStorage(config, logger, metrics) : undefined;
  if (storage) count = () => storage.sessions.count();
  const state =
    storage ?? (await openSharedState(config, http !== undefined && http.era !== 'legacy', logger, metrics));
  const protocol = http ? protocolOf(http, state, logger) : { ...LEGACY_ALONE, changes: state.changes };
  const served = await serveOffer(config, offer, metrics, protocol, storage);
  const access = await openAccess(config, offer, logger, state);
  const { bodyLimit, sessionTtlMs, callTimeoutMs } = config;
  const keepAlive = new KeepAlive(config.keepAliveMs);
  const turns = new Turns();
  const shared = {
    served,
    logger,
    metrics,
    keepAlive,
    turns,
    bodyLimit,
    sessionTtlMs,
    callTimeoutMs,
    ...access.transport,
  };

  const routes: Route[] = [];
  const transports: Draining[] = protocol.tasks ? [running(protocol.tasks)] : [];
  if (http) {
    const transport = streamableHttp({
      ...shared,
      strict: http.strict,
      sseAfterMs: http.sseAfterMs,
      storage: http.stateful ? storage : undefined,
    });
    transports.push(transport);
    routes.push({ path: '/mcp', handle: transport.handle, secured: true });
  }
  if (isLegacy && storage) {
    const transport = sse({ ...shared, strict: http?.strict ?? false, storage });
    transports.push(transport);
    routes.push({ path: '/sse', handle: transport.handleStream, secured: true });
    // Both names are in use among clients and guides.
    for (const path of ['/messages', '/message']) routes.push({ path, handle: transport.handleMessage, secured: true });
  }
  const host = await openHost(config, {
    logger,
    metrics: worker ? worker.together(metrics) : metrics,
    routes,
    access: access.app,
    count: state.count,
    storage,
    isStateful: http?.stateful ?? true,
  });
  const { url } = host.main;
  access.listensAt(url);
  if (worker) {
    worker.listening(url);
  } else {
    for (const warning of config.warnings) logger.warn({}, warning);
    const counts = !storage && state.mode === 'redis' ? `, counts ${whereKept(config.redis)}` : '';
    logger.info({ url: url + shown, pattern }, `listening on ${url}${shown} (${pattern}${counts})`);
  }
  await untilStopped(stoppable(host, transports, [state]), config, logger, worker?.signals);
}

/** The legacy transport has no other. */
const LEGACY_ALONE: ServedProtocol = {
  eras: ['legacy'],
  states: stateOptions({ stateTtlMs: 0 }, undefined),
};

function protocolOf(
  { era, lenientHeaders, workers, ...config }: NonNullable<Endpoints['mcp']>,
  state: Storage,
  logger: Logger,
): ServedProtocol {
  const isShared = config.stateKey !== undefined || workers > 1;
  return {
    eras: erasOf(era),
    lenientHeaders,
    states: stateOptions(config, state, isShared),
    changes: state.changes,
    tasks: era === 'legacy' ? undefined : tasksOf(config, state, isShared, logger),
  };
}

/** Tasks end with their node, as calls in flight do. */
function running(tasks: Tasks): Draining {
  return {
    drain: () => undefined,
    isIdle: () => tasks.isIdle,
    endStreams: () => undefined,
    close: () => tasks.close(),
  };
}

/**
 * What the nodes of a stateless server have in common: the counts of a rate limit, the state of the demo authorization server, and the
 * key of open questions.
 */
function openSharedState(config: ServerConfig, isModern: boolean, logger: Logger, metrics: Metrics): Promise<Storage> {
  const needed = config.rateLimit !== undefined || config.auth.mode === 'demo' || isModern;
  return openStorage(needed ? config : { ...config, redis: undefined }, logger, metrics);
}
