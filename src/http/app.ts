import express from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '../log.js';
import { noMetrics } from '../metrics/none.js';
import type { Metrics } from '../metrics.js';
import { HttpError, sendError } from './errors.js';
import type { Telemetry } from '../telemetry/contract.js';
import type { AsyncGuard, Guard } from './guard.js';
import { accessLog, CLIENT_CLOSED_REQUEST } from './middleware/access-log.js';
import { clientAddress } from './middleware/client-address.js';
import type { TrustProxy } from './middleware/client-address.js';
import { requestId } from './middleware/request-id.js';
import { singleHeaders } from './middleware/single-headers.js';
import { standingHeaders } from './middleware/standing-headers.js';
import type { NetworkGuardOptions } from './network-guards.js';
import { networkGuards } from './network-guards.js';
import { pathOf } from './request.js';

/** What answers at one path, whatever the method. A failure it throws is answered by `sendError`. */
export interface Route {
  /** The exact path: `/mcp`. A slash at the end of a request's path is overlooked. */
  readonly path: string;
  handle(req: IncomingMessage, res: ServerResponse): void | Promise<void>;
  /** Only for who passes `authenticate`, where there is one. */
  readonly secured?: boolean;
  /** For probes, which come often, and under whatever address the machine has: neither counted nor asked for their host. */
  readonly probe?: boolean;
  /** Left out where the paths are told that there are. */
  readonly unlisted?: boolean;
  /** For who comes by whatever address the machine has, though not for everybody: its host is not looked at. */
  readonly anyHost?: boolean;
}

export interface AppOptions extends NetworkGuardOptions {
  routes: readonly Route[];
  /** Express routers for all other paths (an authorization server's, which the SDK makes for Express); they see the requests that passed the guards. */
  routers?: readonly RequestHandler[];
  trustProxy?: TrustProxy;
  /** Sets `req.auth` and resolves to true, or answers (401, 403) and resolves to false. Runs for secured routes. */
  authenticate?: AsyncGuard;
  metrics?: Metrics;
  /** Absent where nobody asked for traces. */
  telemetry?: Telemetry;
}

/** The label of paths without a route. */
const ELSEWHERE = 'other';

/**
 * Composes the host: every request passes the guards in the order they have here, then goes to its route. Express stands
 * beside this way, for paths without a route: passing through it costs more CPU (some 90 µs) than a whole stateless call.
 */
export function createApp(options: AppOptions): RequestListener {
  const { logger, metrics = noMetrics(), authenticate } = options;
  const routes = new Map(options.routes.map((route) => [route.path, route]));
  const listed = options.routes.filter(({ unlisted }) => unlisted !== true).map(({ path }) => path);
  const findRoute = (path: string) =>
    routes.get(path) ?? (path.endsWith('/') ? routes.get(path.slice(0, -1)) : undefined);
  const elsewhere: Route = { path: ELSEWHERE, handle: expressApp(options.routers ?? [], listed, logger) };

  const always: Guard[] = [
    requestId(),
    clientAddress(options.trustProxy),
    accessLog({ logger, metrics, routeOf: (path) => findRoute(path) ?? elsewhere }),
    standingHeaders(),
    singleHeaders(),
  ];
  const { host: checkHost, origin: checkOrigin, site: checkSite, byAddress, bySubject } = networkGuards(options);
  const open = [byAddress].filter((guard) => guard !== undefined);
  const secured = [byAddress, authenticate, bySubject].filter((guard) => guard !== undefined);

  const pass = (route: Route, req: IncomingMessage, res: ServerResponse): void => {
    try {
      if (route.probe !== true && route.anyHost !== true && !checkHost(req, res)) return;
      if (!checkOrigin(req, res)) return;
      if (route.secured === true && !checkSite(req, res)) return;
      const waits = route.probe === true ? [] : route.secured === true ? secured : open;
      const done = waits.length === 0 ? route.handle(req, res) : handleAfter(waits, route, req, res);
      done?.catch((error: unknown) => sendError(res, error, { logger }));
    } catch (error) {
      sendError(res, error, { logger });
    }
  };
  const { telemetry } = options;
  const passTraced = telemetry ? traced(telemetry, pass) : pass;

  return (req, res) => {
    req.pathname = pathOf(req.url ?? '/');
    try {
      for (const guard of always) guard(req, res);
    } catch (error) {
      return sendError(res, error, { logger });
    }
    const route = findRoute(req.pathname) ?? elsewhere;
    (route.probe === true ? pass : passTraced)(route, req, res);
  };
}

type Pass = (route: Route, req: IncomingMessage, res: ServerResponse) => void;

/** The same within a span, which ends with the exchange; the log names its trace. */
function traced(telemetry: Telemetry, pass: Pass): Pass {
  return (route, req, res) => {
    const { method = '', pathname, httpVersion, clientAddress: address, headers } = req;
    const path = route.path === ELSEWHERE ? undefined : route.path;
    const span = telemetry.http({ method, route: path, path: pathname, httpVersion, address, headers });
    (req.logFields ??= {}).traceId = span.traceId;
    res.once('close', () => span.end(res.headersSent ? res.statusCode : CLIENT_CLOSED_REQUEST, req.refusal));
    span.run(() => pass(route, req, res));
  };
}

async function handleAfter(
  guards: readonly AsyncGuard[],
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  for (const guard of guards) if (!(await guard(req, res))) return;
  await route.handle(req, res);
}

/** What is on no route of its own: the routers, and the answer for a path where there is nothing. */
function expressApp(routers: readonly RequestHandler[], paths: readonly string[], logger: Logger): Route['handle'] {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  for (const router of routers) app.use(router);
  app.use(() => {
    throw new HttpError(404, `Not found: there is ${paths.join(', ')}`, { reason: 'not_found' });
  });
  // Express tells an error handler by its four parameters.
  const onError: ErrorRequestHandler = (error, _req, res, _next) => sendError(res, asHttpError(error), { logger });
  app.use(onError);
  const handle = app as unknown as (req: IncomingMessage, res: ServerResponse, next: () => void) => void;
  // Express leaves a target that it can't parse to its own page, which is HTML.
  return (req, res) =>
    handle(req, res, () => sendError(res, new HttpError(404, 'Not found', { reason: 'not_found' }), { logger }));
}

/** Express and its parsers mark the client's own mistakes with a status; their messages may quote the request. */
function asHttpError(error: unknown): unknown {
  if (error instanceof HttpError || !(error instanceof Error) || !('status' in error)) return error;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return error;
  return new HttpError(status, 'Bad request', { cause: error });
}
