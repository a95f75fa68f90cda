import { Subscribed } from '../protocol/legacy/subscribed.js';
import type { Facts, Sink } from '../protocol/served.js';
import type { RpcNotification } from '../rpc/messages.js';
import type { ChangeFeed } from '../sessions/contract.js';

/** Tells a legacy client over its connection what changes; undefined over HTTP, where its standalone stream does. */
export function connectionChanges(changes: ChangeFeed, { record, logger }: Facts, sink: Sink): Subscribed | undefined {
  if (sink.exchangeId !== undefined || !record) return undefined;
  return new Subscribed({
    changes,
    sessionId: record.id,
    lists: true,
    tell: (notification) => sink.notify(notification as RpcNotification),
    onError: (error) => logger.debug({ err: error }, 'a client was not told of a change'),
  });
}
