import type { Outgoing } from '../../http/message.js';
import { HttpError } from '../../http/errors.js';
import type { Envelope } from '../../protocol/modern/envelope.js';
import { ForgivableMismatchError } from '../../protocol/modern/headers.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import { isRequest } from '../../rpc/messages.js';
import type { RpcMessage, RpcRequest } from '../../rpc/messages.js';
import { modernVersions } from '../../rpc/versions.js';
import type { Received } from '../read-request.js';
import type { Acceptable } from './accept.js';
import { notAcceptable } from './accept.js';
import type { Endpoint } from './endpoint.js';
import { runExchange } from './run-exchange.js';

export interface ModernPosted {
  readonly messages: readonly RpcMessage[];
  readonly batch: boolean;
  readonly accept: Acceptable;
}

/**
 * Serves a POST of the modern era: one request or one notification, which say all that is known of their client (2026-07-28,
 * basic/transports/streamable-http). No session is looked for, and none is made.
 */
export async function answerModern(
  endpoint: Endpoint,
  received: Received,
  res: Outgoing,
  { messages, batch, accept }: ModernPosted,
): Promise<void> {
  const [message] = messages;
  if (batch || !message) {
    throw new RpcError(RPC.invalidRequest, 'Invalid Request: this era has no batches, send each message by itself');
  }
  if (!isRequest(message)) {
    // Nothing here waits for a notification: a request is cancelled by closing its response.
    res.writeHead(202).end();
    return;
  }
  const envelope = admit(endpoint, received, message);
  if (message.method === 'subscriptions/listen' && !accept.events) throw notAcceptable('text/event-stream');
  await runExchange(endpoint, received, res, {
    requests: [message],
    batch: false,
    accept,
    protocolVersion: envelope.protocolVersion,
    envelope,
  });
}

/** The envelope of a request; of a refusal that a flag would forgive, the log names the flag. */
function admit({ served }: Endpoint, { headers, note }: Received, request: RpcRequest): Envelope {
  try {
    return served.admit(request, headers);
  } catch (error) {
    if (error instanceof ForgivableMismatchError) note({ hint: '--lenient-headers forgives this header' });
    throw error;
  }
}

/** What legacy traffic gets where only the modern era is served: an error that names the versions. */
export function modernOnly(requested = 'none'): HttpError {
  return new HttpError(400, `Unsupported protocol version: this server speaks ${modernVersions.join(', ')} only`, {
    rpcCode: RPC.unsupportedVersion,
    reason: 'version',
    data: { supported: modernVersions, requested: requested.slice(0, 40) },
  });
}
