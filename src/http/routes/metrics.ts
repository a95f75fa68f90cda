import type { Metrics } from '../../metrics.js';
import type { Route } from '../app.js';
import { sendText } from '../send.js';
import { readOnlyRoute } from './read-only.js';

/**
 * `/metrics`, for Prometheus; for who has a token, where the app asks for one. With `anyHost`, by the address of a node too: what
 * scrapes nodes knows no other name of theirs.
 */
export function metricsRoute(metrics: Metrics, anyHost = false): Route {
  return readOnlyRoute(
    '/metrics',
    async (_req, res) => {
      const { contentType, text } = await metrics.render();
      sendText(res, 200, contentType, text);
    },
    { secured: true, anyHost },
  );
}
