import type { RpcRequest } from '../rpc/messages.js';
import type { SessionPatch } from '../sessions/contract.js';
import { WANTED } from '../sessions/change-feed.js';
import { SessionEndedError } from './errors.js';
import type { Facts } from './served.js';

/** What a request changes in its session once the server has agreed to it. */
export function changeOf({ method, params }: RpcRequest): SessionPatch | undefined {
  switch (method) {
    case 'logging/setLevel':
      return typeof params?.level === 'string' ? { logLevel: params.level } : undefined;
    case 'resources/subscribe':
      return typeof params?.uri === 'string' ? { subscribe: params.uri } : undefined;
    case 'resources/unsubscribe':
      return typeof params?.uri === 'string' ? { unsubscribe: params.uri } : undefined;
    default:
      return undefined;
  }
}

/** Stores the change, for every node, before the answer leaves. Rejects with {@link SessionEndedError}. */
export async function changeSession(facts: Facts, patch: SessionPatch): Promise<void> {
  const { record, storage } = facts;
  if (!record || !storage) return;
  if (!(await storage.sessions.update(record.id, patch))) throw new SessionEndedError();
  const { subscribe, unsubscribe, ...fields } = patch;
  // For the node that holds the session's stream, and for all that may change something.
  if (subscribe !== undefined || unsubscribe !== undefined)
    await storage.bus.tellAll({ kind: WANTED, sessionId: record.id, subscribe, unsubscribe });
  facts.record = { ...record, ...fields, subscribed: record.subscribed || subscribe !== undefined };
}
