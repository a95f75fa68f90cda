import type { IncomingMessage, ServerResponse } from 'node:http';
import { endSession } from './delete.js';
import type { Endpoint } from './endpoint.js';
import { openStream } from './get.js';
import type { StreamableHttpOptions } from './options.js';
import { answerPost } from './post.js';
import type { Known } from '../answering.js';
import { answering } from '../answering.js';
import { methodNotAllowed } from '../refusals.js';
import { Routing } from './routing.js';

export type { StreamableHttpOptions } from './options.js';

export interface StreamableHttp {
  /** Serves one request to `/mcp`, whatever its method. Never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends the open GET streams with a `retry`: their clients come back, to another node. */
  drain(): void;
  /** Aborts what still runs. */
  close(): Promise<void>;
}

/** The Streamable HTTP transport (specification 2025-11-25, basic/transports). Without storage it is stateless. */
export function streamableHttp(options: StreamableHttpOptions): StreamableHttp {
  const { storage, logger } = options;
  const routing = storage && new Routing(storage.bus, logger);
  let exchanges = 0;
  const endpoint: Endpoint = { ...options, ...(routing && { routing }), nextExchange: () => (exchanges += 1) };

  return {
    handle: (req, res) => answering(res, logger, (known) => serve(endpoint, req, res, known)),
    drain: () => routing?.endListeners(),
    close: async () => routing?.close(),
  };
}

async function serve(endpoint: Endpoint, req: IncomingMessage, res: ServerResponse, known: Known): Promise<void> {
  const { storage, routing } = endpoint;
  if (req.method === 'POST') return answerPost(endpoint, req, res, known);
  if (storage && routing && req.method === 'GET') return openStream({ ...endpoint, storage, routing }, req, res);
  if (storage && routing && req.method === 'DELETE') return endSession({ ...endpoint, storage, routing }, req, res);
  const allowed = storage ? 'GET, POST, DELETE' : 'POST';
  const why = storage ? '' : ': a stateless server has no streams and no sessions';
  throw methodNotAllowed(allowed, why);
}
