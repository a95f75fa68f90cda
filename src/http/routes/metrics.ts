import type { Metrics } from '../../metrics.js';
import type { Route } from '../app.js';
import { sendText } from '../send.js';
import { readOnlyRoute } from './read-only.js';

/** `/metrics`, for Prometheus; for who has a token, where the app asks for one. */
export function metricsRoute(metrics: Metrics): Route {
  return readOnlyRoute(
    '/metrics',
    async (_req, res) => {
      const { contentType, text } = await metrics.render();
      sendText(res, 200, contentType, text);
    },
    { secured: true },
  );
}
