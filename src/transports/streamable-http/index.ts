import type { IncomingMessage, ServerResponse } from 'node:http';
import { endSession } from './delete.js';
import type { Endpoint, StreamableHttpOptions } from './endpoint.js';
import type { Exchange } from './exchange.js';
import { openStream } from './get.js';
import { Patience } from '../../net/patience.js';
import { answerPost } from './post.js';
import { CallLimit } from '../../protocol/call-limit.js';
import type { Reply } from './reply.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import type { Received } from '../read-request.js';
import { answering } from '../read-request.js';
import { methodNotAllowed } from '../refusals.js';
import { Routing } from './routing.js';
import { streamIdOf } from './stream-log.js';

export type { StreamableHttpOptions } from './endpoint.js';

/** What a call gets that runs on when the server's time to stop is over. */
const STOPPED = 'The server stops and could not wait for this request any longer: call again';

export interface StreamableHttp {
  /** Serves one request to `/mcp`, whatever its method. Never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends the open GET streams with a `retry`: their clients come back, to another node. */
  drain(): void;
  /** Aborts what still runs: its requests are answered with an error. */
  close(): Promise<void>;
}

/** The Streamable HTTP transport (specification 2025-11-25, basic/transports). Without storage it is stateless. */
export function streamableHttp(options: StreamableHttpOptions): StreamableHttp {
  const { storage, logger } = options;
  const routing = storage && new Routing(storage.bus, logger);
  const exchanges = new Set<Exchange>();
  const node = storage?.bus.nodeId ?? 'stateless';
  const patience = new Patience<Reply>(options.sseAfterMs, (reply) => reply.upgrade());
  let count = 0;
  const endpoint: Endpoint = {
    ...options,
    routing,
    exchanges,
    patience,
    limit: new CallLimit(options.callTimeoutMs),
    nextExchangeId: () => streamIdOf(node, (count += 1)),
  };

  return {
    handle: (req, res) => answering(req, res, options, (received) => serve(endpoint, received, req, res)),
    drain() {
      routing?.endListeners();
      for (const exchange of exchanges) exchange.drain();
    },
    async close() {
      routing?.close();
      await Promise.all([...exchanges].map((exchange) => exchange.close(new RpcError(RPC.internalError, STOPPED))));
    },
  };
}

async function serve(endpoint: Endpoint, received: Received, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { routing, served } = endpoint;
  // What only the legacy era has: streams of their own, and sessions to end.
  const storage = served.eras.includes('legacy') ? endpoint.storage : undefined;
  if (req.method === 'POST') return answerPost(endpoint, received, req, res);
  if (storage && routing && req.method === 'GET') return openStream({ ...endpoint, storage, routing }, received, res);
  if (storage && routing && req.method === 'DELETE')
    return endSession({ ...endpoint, storage, routing }, received, res);
  const allowed = storage ? 'GET, POST, DELETE' : 'POST';
  const why = storage ? '' : ': there are no streams and no sessions here';
  throw methodNotAllowed(allowed, why);
}
