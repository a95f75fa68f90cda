import type { SessionPatch } from '../sessions/contract.js';
import { SessionEndedError } from './session-ended.js';
import type { RpcRequest } from '../rpc/messages.js';
import type { Scope } from './scope.js';

/** What a request changes in its session once the server has agreed to it. */
export function effectOf({ method, params }: RpcRequest): SessionPatch | undefined {
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
export async function applyEffect(scope: Scope, patch: SessionPatch): Promise<void> {
  const { record, storage } = scope;
  if (!record || !storage) return;
  if (!(await storage.sessions.update(record.id, patch))) throw new SessionEndedError();
  const others = record.subscriptions.filter((uri) => uri !== patch.subscribe && uri !== patch.unsubscribe);
  scope.record = {
    ...record,
    ...(patch.logLevel !== undefined && { logLevel: patch.logLevel }),
    subscriptions: patch.subscribe === undefined ? others : [...others, patch.subscribe],
  };
}
