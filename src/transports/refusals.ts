import { HttpError } from '../http/errors.js';
import type { Refusal } from '../http/reasons.js';
import { LiveLimitError } from '../protocol/errors.js';
import { RPC, RpcError, STORE_UNAVAILABLE } from '../rpc/errors.js';
import { supportedVersions } from '../rpc/versions.js';
import { SessionLimitError, StoreUnavailableError, UnknownEventError } from '../sessions/errors.js';

/** After how many seconds a client should try again when the store did not answer, or is full. */
export const RETRY_AFTER_SECONDS = 1;

export function missingSession(): HttpError {
  const message =
    'Bad Request: the Mcp-Session-Id header is missing. Send initialize first, then the id that it answers';
  return new HttpError(400, message, { reason: 'session_missing' });
}

/** The same for an unknown, an expired and a foreign session: who asks learns nothing of other people's. */
export function unknownSession(): HttpError {
  const message = 'Session not found: it is unknown or has expired. Initialize anew';
  return new HttpError(404, message, { rpcCode: RPC.sessionNotFound, reason: 'session_unknown' });
}

export function methodNotAllowed(allowed: string, why = ''): HttpError {
  return new HttpError(405, `Method not allowed${why}. Use ${allowed}`, {
    reason: 'method',
    headers: { Allow: allowed },
  });
}

export function unsupportedVersion(version: string): HttpError {
  const shown = version.slice(0, 40);
  return new HttpError(400, `Bad Request: unsupported MCP-Protocol-Version ${shown}`, {
    reason: 'version',
    data: { supported: supportedVersions },
  });
}

/** What a request gets that still runs when the server's time to stop is over, or that came when no more were taken. */
export function stoppedError(): RpcError {
  return new RpcError(RPC.internalError, 'The server stops and could not wait for this request any longer: call again');
}

/** A legacy connection ends with its node, which takes no more requests for it. */
export function drainingNode(): HttpError {
  return unavailable('The server stops: connect anew and call again', 'draining');
}

/** Translates what the layers below throw into the answer of the table of bad input; anything else stays a bug. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof RpcError) {
    return new HttpError(400, error.message, {
      rpcCode: error.code,
      data: error.data,
      reason: 'message',
      cause: error,
    });
  }
  if (error instanceof StoreUnavailableError) return unavailable(STORE_UNAVAILABLE, 'store', error);
  if (error instanceof LiveLimitError) return unavailable(error.message, 'session_limit', error);
  if (error instanceof SessionLimitError) return unavailable(error.message, 'session_limit', error);
  if (error instanceof UnknownEventError)
    return new HttpError(400, error.message, { reason: 'event_id', cause: error });
  return error;
}

function unavailable(message: string, reason: Refusal, cause?: Error): HttpError {
  return new HttpError(503, message, { reason, headers: { 'Retry-After': RETRY_AFTER_SECONDS }, cause });
}
