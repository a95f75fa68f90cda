import type { Incoming, Outgoing } from '../../http/message.js';
import { endSession } from './delete.js';
import type { Endpoint, StreamableHttpOptions } from './endpoint.js';
import type { Exchange } from './exchange.js';
import { openStream } from './get.js';
import { Patience } from '../../net/patience.js';
import { answerPost } from './post.js';
import { CallLimit } from '../../protocol/call-limit.js';
import type { Reply } from './reply.js';
import type { Received } from '../read-request.js';
import { answering } from '../read-request.js';
import { methodNotAllowed, stoppedError } from '../refusals.js';
import { Routing } from './routing.js';
import { streamIdOf } from './stream-log.js';

export type { StreamableHttpOptions } from './endpoint.js';

export interface StreamableHttp {
  /** Serves one request to `/mcp`, whatever its method; who calls is in `caller`, where the request does not say so. Never rejects. */
  handle(req: Incoming, res: Outgoing, caller?: Pick<Incoming, 'auth'>): Promise<void>;
  /** Changes nothing: its sessions are served by any node, and so by this one until the end. */
  drain(): void;
  /** Whether no request waits for its answer. */
  isIdle(): boolean;
  /** Ends the open GET streams with a `retry`, and those that still come: their clients come back, to another node. */
  endStreams(): void;
  /** Aborts what still runs: its requests are answered with an error, and those that are read later with 503. */
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
  const nextNumber = options.nextNumber ?? (() => (count += 1));
  const endpoint: Endpoint = {
    ...options,
    routing,
    exchanges,
    patience,
    limit: new CallLimit(options.callTimeoutMs),
    nextExchangeId: () => streamIdOf(node, nextNumber()),
    isClosed: () => isClosed,
  };

  let isDraining = false;
  let isClosed = false;
  const endSubscriptions = () => exchanges.forEach((exchange) => exchange.drain());

  return {
    async handle(req, res, caller) {
      await answering(req, res, options, (received) => serve(endpoint, received, req, res), caller);
      if (isDraining) endSubscriptions();
    },
    drain() {
      isDraining = true;
      endSubscriptions();
    },
    isIdle: () => exchanges.size === 0,
    endStreams: () => routing?.endListeners(),
    async close() {
      isClosed = true;
      routing?.close();
      await Promise.all([...exchanges].map((exchange) => exchange.close(stoppedError())));
    },
  };
}

async function serve(endpoint: Endpoint, received: Received, req: Incoming, res: Outgoing): Promise<void> {
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
