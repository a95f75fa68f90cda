import type { RpcMessage } from '../../rpc/messages.js';
import { isResponse } from '../../rpc/messages.js';
import type { SessionRecord } from '../../sessions/contract.js';
import type { Endpoint } from './endpoint.js';

/**
 * Passes on what belongs to other exchanges of the session: answers to the server's requests, progress on them, and
 * cancellations. Other notifications need nothing done: a session has no live server that could take them.
 */
export async function takeAside(
  { routing }: Endpoint,
  record: SessionRecord,
  messages: readonly RpcMessage[],
): Promise<void> {
  if (!routing) return;
  for (const message of messages) {
    if (isResponse(message)) await routing.deliver(record.id, message);
    else if ('id' in message) continue;
    else if (message.method === 'notifications/cancelled') await routing.cancel(record.id, message);
    else if (message.method === 'notifications/progress') await routing.deliver(record.id, message);
  }
}
