import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { authOf, callerIn, refuseScopes } from '../auth/host-caller.js';
import { ownerOf } from '../auth/ownership.js';
import type { Catalog } from '../catalog/define.js';
import { isCatalog } from '../catalog/define.js';
import type { HttpConfig } from '../config/index.js';
import { sendError } from '../http/errors.js';
import type { AsyncGuard, Guard } from '../http/guard.js';
import { accessLog } from '../http/middleware/access-log.js';
import { clientAddress } from '../http/middleware/client-address.js';
import { requestId } from '../http/middleware/request-id.js';
import { singleHeaders } from '../http/middleware/single-headers.js';
import { networkGuards } from '../http/network-guards.js';
import { pathOf } from '../http/request.js';
import type { RequestAuth } from '../http/request.js';
import type { Logger } from '../log.js';
import { forgiving } from '../log/forgiving.js';
import { noMetrics } from '../metrics/none.js';
import { toldTo } from '../telemetry/metrics.js';
import { telemetryOf } from '../telemetry/spans.js';
import { drainingNode } from '../transports/refusals.js';
import { networkOf, trustOf } from './host.js';
import { libraryConfig } from './library-options.js';
import { sharedLogger } from './logger.js';
import type { NodeHandler, NodeHandlerOptions, NodeRequest, NodeResponse } from './node-handler-types.js';
import { toolsOf } from './offer.js';
import type { Service } from './service.js';
import { mcpTransport, openService } from './service.js';

/** How often it is looked whether what is in flight has ended, ms. */
const LOOK_MS = 50;

/** A request as a framework hands it on. */
type Embedded = IncomingMessage & { body?: unknown; originalUrl?: string };

/** Answers that are a handler's own, of all that there are: a request that is handed on twice is served once. */
const taken = new WeakSet<ServerResponse>();

/** What `createNodeHandler` does. */
export async function openNodeHandler<Req>(
  catalog: Catalog,
  { guards = true, caller, logger: own, openTelemetry: api, ...settings }: NodeHandlerOptions<Req>,
): Promise<NodeHandler> {
  if (!isCatalog(catalog)) throw new TypeError('A catalog is what defineCatalog returns');
  const config = libraryConfig(settings);
  const logger = own ? forgiving(own) : await sharedLogger(config.log);
  const telemetry = api && telemetryOf(api);
  const tools = toolsOf(catalog).map(({ name }) => name);
  const metrics = api ? toldTo(api, noMetrics(), { tools, transport: 'tcp' }) : noMetrics();
  const service = await openService(config, { mcp: config, sse: false }, catalog, logger, metrics, telemetry);
  const transport = mcpTransport(service, config, { refuseScopes });
  const all = [...service.running, transport];

  const first = [
    requestId(),
    clientAddress(trustOf(config)),
    accessLog({ logger, metrics, routeOf: (path) => ({ path }) }),
  ];
  // Who calls, beside the request: what the server around has set there stays as it is.
  const callers = new WeakMap<IncomingMessage, RequestAuth>();
  const subjectOf = (req: IncomingMessage) => ownerOf(callers.get(req));
  const { checks, byAddress, bySubject } = guardsOf(config, service, guards, subjectOf, logger);
  const callerOf = caller ?? ((req: Req) => callerIn((req as IncomingMessage).auth));
  let isClosed = false;

  async function serve(req: Embedded, res: ServerResponse): Promise<void> {
    if (res.headersSent || taken.has(res)) {
      logger.error(
        { method: req.method },
        'a request was handed on that somebody has answered already, or this handler does',
      );
      return;
    }
    taken.add(res);
    try {
      req.pathname = pathOf(req.originalUrl ?? req.url ?? '/');
      for (const guard of first) guard(req, res);
      if (!res.hasHeader('X-Request-Id')) res.setHeader('X-Request-Id', req.requestId);
      if (isClosed) throw drainingNode();
      for (const guard of checks) if (!guard(req, res)) return;
      if (byAddress && !(await byAddress(req, res))) return;
      const found = await callerOf(req as Req);
      const auth = found ? authOf(found) : undefined;
      if (auth) callers.set(req, auth);
      if (bySubject && !(await bySubject(req, res))) return;
      await transport.handle(req, res, { auth });
    } catch (error) {
      sendError(res, error, { logger });
    }
  }

  const handler = async (given: NodeRequest, answer: NodeResponse, body?: unknown): Promise<void> => {
    const req = given as unknown as Embedded;
    const res = answer as unknown as ServerResponse;
    // Express hands on what is next.
    if (body !== undefined && typeof body !== 'function') req.body = body;
    const over = finished(res).catch(() => undefined);
    await (telemetry ? telemetry.incoming(req.headers, () => serve(req, res)) : serve(req, res));
    await over;
  };

  return Object.assign(handler, {
    async drain(): Promise<void> {
      const end = performance.now() + config.drainTimeoutMs;
      for (const each of all) each.drain();
      while (!all.every((each) => each.isIdle()) && performance.now() < end) await delay(LOOK_MS);
      for (const each of all) each.endStreams();
    },
    async close(): Promise<void> {
      if (isClosed) return;
      isClosed = true;
      await Promise.all(all.map((each) => each.close()));
      await service.state.close();
    },
  });
}

function guardsOf(
  config: HttpConfig,
  { state }: Service,
  areOn: boolean,
  subjectOf: (req: IncomingMessage) => string | undefined,
  logger: Logger,
): { checks: readonly Guard[]; byAddress?: AsyncGuard; bySubject?: AsyncGuard } {
  if (!areOn) return { checks: [] };
  const { rateLimit } = config;
  const { host, origin, site, ...limits } = networkGuards({
    ...networkOf(config),
    ...(rateLimit && { rateLimit: { ...rateLimit, count: state.count, subjectOf } }),
    logger,
  });
  return { checks: [singleHeaders(), host, origin, site], ...limits };
}
