import { isInvalidArgumentsError } from '../catalog/errors.js';
import { StoreUnavailableError, SubscriptionLimitError } from '../sessions/errors.js';
import { RPC, RpcError, STORE_UNAVAILABLE } from '../rpc/errors.js';
import type { Scope } from './scope.js';

/**
 * The error answer for what a handler threw. A bug becomes -32603 with the request id to look for in the log,
 * and nothing else of it.
 */
export function answerable(error: unknown, { requestId, logger }: Scope): RpcError {
  if (error instanceof RpcError) return error;
  if (isInvalidArgumentsError(error)) return new RpcError(RPC.invalidParams, error.message);
  if (error instanceof StoreUnavailableError) return new RpcError(RPC.refused, STORE_UNAVAILABLE, { retryable: true });
  if (error instanceof SubscriptionLimitError) return new RpcError(RPC.refused, error.message);
  logger.error({ requestId, err: error }, 'a handler failed');
  return new RpcError(RPC.internalError, 'Internal error', { requestId });
}
