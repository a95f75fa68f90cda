import { RPC, RpcError, STORE_UNAVAILABLE } from '../rpc/errors.js';
import type { RpcRequest } from '../rpc/messages.js';
import { StoreUnavailableError, SubscriptionLimitError } from '../sessions/errors.js';
import type { Facts } from './served.js';

/** The session ended while one of its requests was being served. */
export class SessionEndedError extends RpcError {
  constructor() {
    super(RPC.sessionNotFound, 'Session not found: it has ended; initialize anew');
    this.name = 'SessionEndedError';
  }
}

/** The client can't be asked anything: it is gone, or reads no questions. */
export class UnaskableClientError extends Error {
  readonly code = 'UNASKABLE_CLIENT';
  constructor(message: string) {
    super(message);
    this.name = 'UnaskableClientError';
  }
}

/** One more live server would be too many. */
export class LiveLimitError extends Error {
  readonly code = 'LIVE_LIMIT';
  constructor(message: string) {
    super(message);
    this.name = 'LiveLimitError';
  }
}

/** Lets whoever asks for a promise forget to await it: a rejection that nobody looks at would end the process. */
export function forgettable<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/**
 * What the client is told of what a handler threw. A bug becomes -32603 with the request id to look for in the log, where
 * the request names the handler, and nothing else of it.
 */
export function asRpcError(error: unknown, { requestId, logger }: Facts, request?: RpcRequest): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof StoreUnavailableError) return new RpcError(RPC.refused, STORE_UNAVAILABLE, { retryable: true });
  if (error instanceof LiveLimitError) return new RpcError(RPC.refused, error.message, { retryable: true });
  if (error instanceof SubscriptionLimitError) return new RpcError(RPC.refused, error.message);
  const { method, params } = request ?? {};
  const tool = method === 'tools/call' ? params?.name : undefined;
  logger.error({ requestId, method, tool, err: error }, 'a handler failed');
  return new RpcError(RPC.internalError, 'Internal error', { requestId });
}
