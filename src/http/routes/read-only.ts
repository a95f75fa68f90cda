import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../app.js';
import { HttpError } from '../errors.js';

/** A route for GET and HEAD alone; 405 with `Allow` otherwise. Its answers are never cached. */
export function readOnlyRoute(
  path: string,
  answer: (req: IncomingMessage, res: ServerResponse) => Promise<void>,
  traits: Pick<Route, 'probe' | 'secured' | 'anyHost'> = {},
): Route {
  return {
    path,
    ...traits,
    handle: async (req, res) => {
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        const headers = { Allow: 'GET, HEAD' };
        throw new HttpError(405, `Method not allowed: ${path} takes GET`, { reason: 'method', headers });
      }
      res.setHeader('Cache-Control', 'no-store');
      await answer(req, res);
    },
  };
}
