import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import type { Guard } from '../guard.js';
import type { Refusal } from '../reasons.js';
import { traceparentOf } from '../traceparent.js';

export interface AccessLogOptions {
  logger: Logger;
  metrics: Metrics;
  /** Finds the route of a path: its own path is the label in the metrics, so there must be few. Probes are logged at `debug`. */
  routeOf: (pathname: string) => { readonly path: string; readonly probe?: boolean };
}

/** Logs one line for each exchange when it is over (at `error` where it failed here), and counts it, with the reason where it was refused. */
export function accessLog({ logger, metrics, routeOf }: AccessLogOptions): Guard {
  return function accessLog(req, res) {
    const start = performance.now();
    res.on('close', () => {
      const duration = performance.now() - start;
      const { method = '', pathname } = req;
      const route = routeOf(pathname);
      const status = res.headersSent ? res.statusCode : CLIENT_CLOSED_REQUEST;
      const reason = req.refusal ?? REASONS[status];
      if (reason !== undefined) metrics.refusal(reason);
      metrics.httpRequest(method, route.path, status, duration / 1_000);
      const level = route.probe === true ? 'debug' : status >= 500 ? 'error' : 'info';
      if (logger.isLevelEnabled?.(level) === false) return;
      logger[level](
        {
          requestId: req.requestId,
          method,
          path: pathname,
          status,
          durationMs: Math.round(duration * 100) / 100,
          address: req.clientAddress,
          traceparent: traceparentOf(req.headers.traceparent),
          outcome: reason ?? (status >= 500 ? 'error' : res.writableFinished ? undefined : 'client_gone'),
          ...req.logFields,
        },
        'request',
      );
    });
    return true;
  };
}

/** nginx's word for a client that left before it was answered; no such status is ever sent. */
export const CLIENT_CLOSED_REQUEST = 499;

/** For answers whose handler gave no reason. */
const REASONS: Readonly<Record<number, Refusal>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method',
  406: 'not_acceptable',
  408: 'timeout',
  413: 'too_large',
  415: 'content_type',
  429: 'rate_limit',
  503: 'unavailable',
};
