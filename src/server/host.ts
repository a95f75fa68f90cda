import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ServerConfig } from '../config/index.js';
import type { AppOptions, Route } from '../http/app.js';
import { createApp } from '../http/app.js';
import type { Listening } from '../http/listen.js';
import { listen } from '../http/listen.js';
import type { HealthFigures } from '../http/routes/health.js';
import { healthRoutes } from '../http/routes/health.js';
import { isLoopback, LOOPBACK_NAMES } from '../net/loopback.js';
import { within } from '../net/time-limit.js';
import { pathOf } from '../http/request.js';
import { metricsRoute } from '../http/routes/metrics.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Storage } from '../sessions/contract.js';
import type { Telemetry } from '../telemetry/contract.js';

/** How long `/health/detailed` waits for the number of sessions: less than a probe waits for all its figures. */
const COUNT_WAIT_MS = 1_000;

/** What the host asks for each request: nothing, where nobody watches. */
export interface WireTap {
  tap: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;
}

export interface HostParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly telemetry?: Telemetry;
  /** Absent when stateless. */
  readonly storage?: Storage;
  /** Of /mcp: beside a stateless one, the legacy endpoints have storage too. */
  readonly isStateful: boolean;
  /** Counts requests for the rate limit. */
  readonly count: Storage['count'];
  /** The transport's own routes. */
  readonly routes: readonly Route[];
  /** The console's, and what it looks at requests with while somebody watches. */
  readonly console?: { readonly routes: readonly Route[]; readonly wire: WireTap };
  /** What the authorization adds: the guard, and the routers of an authorization server. */
  readonly access: Pick<AppOptions, 'authenticate' | 'routers'> & {
    subjectOf?: NonNullable<AppOptions['rateLimit']>['subjectOf'];
  };
}

export interface Host {
  readonly main: Listening;
  beginDrain(): void;
  /** How many requests have come since, but for those of probes. */
  newcomers(): number;
  /** How many connections there have been. */
  connections(): number;
  /** Ends connections with their answers no longer, until it closes: who calls on and on uses those that there are. */
  keepConnections(): void;
  /** Takes no new connections; resolves when the last request has ended. Idle connections may be used once more for `lingerMs`. */
  close(lingerMs: number): Promise<void>;
  destroy(): void;
}

/** The HTTP side of a serving command: probes, metrics and the transport's routes, listening. */
export async function openHost(config: ServerConfig, parts: HostParts): Promise<Host> {
  const { logger, metrics, storage, access, isStateful } = parts;
  let draining = false;
  const probes = healthRoutes({
    pattern: isStateful ? 'stateful' : 'stateless',
    storageMode: storage?.mode ?? 'in-memory',
    storageStatus: () => storage?.status() ?? 'ready',
    ping: async () => storage?.ping(),
    draining: () => draining,
    figures: () => figuresOf(config, parts),
  });
  const network = { ...networkOf(config), trustProxy: trustOf(config), logger, metrics };
  const ownMetricsPort = config.metricsPort !== undefined;
  const app = createApp({
    ...network,
    ...access,
    telemetry: parts.telemetry,
    // On the loopback, a name that is not its own is a page that was rebound to it.
    routes: [
      ...parts.routes,
      ...(parts.console?.routes ?? []),
      ...probes,
      ...(ownMetricsPort ? [] : [metricsRoute(metrics, !config.isLoopback)]),
    ],
    ...(config.rateLimit && {
      rateLimit: { ...config.rateLimit, count: parts.count, ...(access.subjectOf && { subjectOf: access.subjectOf }) },
    }),
  });
  // While draining, nothing is refused: but connections that are kept end with their next answer, so that what stands in
  // front has let go of them before they are closed.
  let newcomers = 0;
  let keeping = false;
  const wire = parts.console?.wire;
  const watched = new Set(parts.routes.map(({ path }) => path));
  const observed = new Set(probes.map(({ path }) => path));
  const letGo: RequestListener = (req, res) => {
    if (draining && !keeping) res.setHeader('Connection', 'close');
    if (wire?.tap && watched.has(pathOf(req.url ?? '/'))) wire.tap(req, res);
    app(req, res);
    if (draining && !observed.has(req.pathname)) newcomers += 1;
  };
  const onRefused = (reason: string) => metrics.refusal(reason);
  const main = await listen(letGo, { ...config, onRefused });
  const all = [main];
  if (config.metricsPort !== undefined) {
    const isLocal = isLoopback(config.metricsHost);
    const metricsApp = createApp({
      ...network,
      allowedHosts: LOOPBACK_NAMES,
      allowedOrigins: [],
      routes: [metricsRoute(metrics, !isLocal)],
      // Who is not on this machine needs a token here too.
      ...(!isLocal && { authenticate: access.authenticate }),
    });
    const metricsHost = await listen(metricsApp, { ...config, host: config.metricsHost, port: config.metricsPort });
    all.push(metricsHost);
    // With port 0, nobody could know it otherwise.
    logger.info({ metrics: `${metricsHost.url}/metrics` }, `metrics on ${metricsHost.url}/metrics`);
  }
  return {
    main,
    beginDrain: () => (draining = true),
    newcomers: () => newcomers,
    connections: () => main.connections(),
    keepConnections: () => (keeping = true),
    close: async (lingerMs) => void (await Promise.all(all.map((listening) => listening.close(lingerMs)))),
    destroy: () => all.forEach((listening) => listening.destroy()),
  };
}

/** Whom the settings let in. */
export function networkOf({
  allowedHosts = ['*'],
  allowedOrigins = ['*'],
  corsOrigins,
}: Pick<ServerConfig, 'allowedHosts' | 'allowedOrigins' | 'corsOrigins'>) {
  return { allowedHosts, allowedOrigins, corsOrigins: corsOrigins === '*' ? ['*'] : corsOrigins };
}

/** The proxies that the settings trust. */
export function trustOf({ trustProxy }: Pick<ServerConfig, 'trustProxy'>): AppOptions['trustProxy'] {
  return typeof trustProxy === 'object' ? [...trustProxy] : trustProxy;
}

async function figuresOf(config: ServerConfig, { storage, routes }: HostParts): Promise<HealthFigures> {
  const { bodyLimit, maxSessions, maxConnections, sessionTtlMs, historyLimit, rateLimit } = config;
  // Where the storage is away or slow, all else can still be told.
  const open =
    storage &&
    (await within(
      storage.sessions.count().catch(() => null),
      COUNT_WAIT_MS,
      () => null,
    ));
  return {
    transports: routes.map(({ path }) => path),
    ...(storage && { sessions: { open, ttlSeconds: sessionTtlMs / 1000 } }),
    limits: { bodyLimit, maxConnections, historyLimit, rateLimit: rateLimit ?? 'off', ...(storage && { maxSessions }) },
  };
}
