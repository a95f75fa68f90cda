import type { ChildCommand } from '../children/command.js';
import type { HttpConfig, ServerConfig, SseConfig } from '../config/index.js';
import type { Route } from '../http/app.js';
import type { Logger } from '../log.js';
import { createMetrics } from '../metrics.js';
import { toldTo } from '../telemetry/metrics.js';
import { sse } from '../transports/sse.js';
import { openAccess } from './access.js';
import type { OpenAddress } from './console.js';
import { serveConsole, tellConsole } from './console.js';
import { openHost } from './host.js';
import type { Draining } from './lifecycle.js';
import { stoppable, untilStopped } from './lifecycle.js';
import { loggerOf } from './logger.js';
import { loadOffer, toolsOf, watchOffer } from './offer.js';
import { whereKept } from './open-storage.js';
import type { McpConfig } from './service.js';
import { mcpTransport, openService } from './service.js';
import { openTelemetry } from './telemetry.js';
import type { Worker } from './workers/worker.js';

/**
 * Serves Streamable HTTP, and the legacy endpoints where asked, until the process is told to stop. `open` opens the console; `child` is
 * what is served in place of a module.
 */
export async function serveHttp(config: HttpConfig, open?: OpenAddress, child?: ChildCommand): Promise<void> {
  const logger = await loggerOf(config.log);
  const { stateful, redis } = config;
  const pattern = stateful ? `stateful, sessions ${whereKept(redis)}` : 'stateless';
  const endpoints: Endpoints = { mcp: config, sse: config.sse, shown: '/mcp', pattern, child };
  if (config.workers === 1) return serve(config, endpoints, logger, { open });
  const [{ asWorker }, { runWorkers }] = await Promise.all([
    import('./workers/worker.js'),
    import('./workers/primary.js'),
  ]);
  const worker = asWorker(logger);
  await (worker ? serve(config, endpoints, logger, { worker }) : runWorkers(config, logger, open));
}

/** Serves the legacy HTTP+SSE transport until the process is told to stop. */
export async function serveSse(config: SseConfig, open?: OpenAddress, child?: ChildCommand): Promise<void> {
  const pattern = `legacy SSE, sessions ${whereKept(config.redis)}`;
  await serve(config, { sse: true, shown: '/sse', pattern, child }, await loggerOf(config.log), { open });
}

interface Endpoints {
  /** Streamable HTTP, where it is served. */
  readonly mcp?: McpConfig;
  /** Whether the legacy endpoints are. */
  readonly sse: boolean;
  /** The path that the start line names, and what it says of it. */
  readonly shown: string;
  readonly pattern: string;
  /** Whose server is served, where it is started by its command. */
  readonly child?: ChildCommand;
}

async function serve(
  config: ServerConfig,
  { mcp: http, sse: isLegacy, shown, pattern, child }: Endpoints,
  logger: Logger,
  { worker, open }: { readonly worker?: Worker; readonly open?: OpenAddress },
): Promise<void> {
  const watched = child ? undefined : await watchOffer(config);
  const offer = child ?? watched?.offer ?? (await loadOffer(config, http?.stateful ? config.sessionTtlMs : undefined));
  let count: () => Promise<number> = async () => 0;
  const otel = await openTelemetry(config.telemetry, logger);
  const telemetry = otel?.telemetry;
  const tools = toolsOf(offer).map(({ name }) => name);
  const activeSessions = http?.stateful === false ? undefined : () => count();
  const scraped = await createMetrics({
    tools,
    processFigures: true,
    reported: worker !== undefined,
    activeSessions,
  });
  const metrics = otel ? toldTo(otel.api, scraped, { tools, transport: 'tcp', activeSessions }) : scraped;
  const service = await openService(config, { mcp: http, sse: isLegacy, watched }, offer, logger, metrics, telemetry);
  const { storage, state } = service;
  if (storage) count = () => storage.sessions.count();
  const access = await openAccess(config, offer, logger, state);

  const routes: Route[] = [];
  const transports: Draining[] = [...service.running];
  if (http) {
    const transport = mcpTransport(service, http, access.transport);
    transports.push(transport);
    routes.push({ path: '/mcp', handle: transport.handle, secured: true });
  }
  if (isLegacy && storage) {
    const transport = sse({ ...service.shared, ...access.transport, strict: http?.strict ?? false, storage });
    transports.push(transport);
    routes.push({ path: '/sse', handle: transport.handleStream, secured: true });
    // Both names are in use among clients and guides.
    for (const path of ['/messages', '/message']) routes.push({ path, handle: transport.handleMessage, secured: true });
  }
  const console = await serveConsole(config, { mcp: http, sse: isLegacy }, service, logger, metrics);
  if (console) transports.push(console);
  const host = await openHost(config, {
    console,
    logger,
    telemetry,
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
    worker.listening(url, console?.addressAt(url));
  } else {
    for (const warning of config.warnings) logger.warn({}, warning);
    const counts = !storage && state.mode === 'redis' ? `, counts ${whereKept(config.redis)}` : '';
    if (service.introduction !== undefined) logger.info({}, `serving ${service.introduction}`);
    logger.info({ url: url + shown, pattern }, `listening on ${url}${shown} (${pattern}${counts})`);
    if (console) tellConsole(config, console.addressAt(url), logger, open);
  }
  await untilStopped(stoppable(host, transports, [state, ...(otel ? [otel] : [])]), config, logger, worker?.signals);
}
