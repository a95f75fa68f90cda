import type { OutgoingHttpHeaders } from 'node:http';
import type { Logger } from '../log.js';
import type { Outgoing } from './message.js';
import type { Refusal } from './reasons.js';
import { sendJson } from './send.js';
import { isTransportCode, RPC } from '../rpc/errors.js';
import { isModern } from '../rpc/versions.js';

export { sendJson };

/** The id of a JSON-RPC request; null where it could not be read. */
export type JsonRpcId = string | number | null;

export interface HttpErrorDetails {
  /** The JSON-RPC code; -32000 where it is absent. */
  rpcCode?: number;
  /** A word for the log and for the label of `mcp_refusals_total`. */
  reason?: Refusal;
  /** `error.data` of the answer. */
  data?: unknown;
  headers?: OutgoingHttpHeaders;
  cause?: unknown;
}

/** A request that is answered with an error. The message goes to the client: never a path, a stack or a secret. */
export class HttpError extends Error {
  readonly code: string = 'HTTP_ERROR';
  readonly rpcCode: number;
  readonly reason: Refusal | undefined;
  readonly data: unknown;
  readonly headers: OutgoingHttpHeaders | undefined;
  constructor(
    readonly status: number,
    message: string,
    details: HttpErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HttpError';
    this.rpcCode = details.rpcCode ?? RPC.refused;
    this.reason = details.reason;
    this.data = details.data;
    this.headers = details.headers;
  }
}

/** The address can't be listened on; the message says why and what to do. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED';
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
  }
}

/** The client closed the connection before it had sent its request: nobody is left to answer. */
export class ClientGoneError extends Error {
  readonly code = 'CLIENT_GONE';
  constructor(cause?: unknown) {
    super('The client closed the connection before its request was complete', { cause });
    this.name = 'ClientGoneError';
  }
}

export interface JsonRpcErrorAnswer {
  status: number;
  code: number;
  message: string;
  id?: JsonRpcId;
  data?: unknown;
  headers?: OutgoingHttpHeaders;
}

/**
 * The code that a client of this version gets: what refuses a request before it is read as one has codes of its own in the legacy era,
 * and none in the modern one (2026-07-28, basic, "Error Codes").
 */
function codeFor(version: string | readonly string[] | undefined, { code, status }: JsonRpcErrorAnswer): number {
  if (typeof version !== 'string' || !isModern(version) || !isTransportCode(code)) return code;
  return status >= 500 ? RPC.internalError : RPC.invalidRequest;
}

/** Answers with a JSON-RPC error object; the id is null where it could not be read (JSON-RPC 2.0, 5). */
export function sendJsonRpcError(res: Outgoing, answer: JsonRpcErrorAnswer): void {
  const code = codeFor(res.req.headers['mcp-protocol-version'], answer);
  const error =
    answer.data === undefined
      ? { code, message: answer.message }
      : { code, message: answer.message, data: answer.data };
  sendJson(res, answer.status, { jsonrpc: '2.0', error, id: answer.id ?? null }, answer.headers);
}

/**
 * Answers a request that failed: an {@link HttpError} in its own words, anything else as 500 / -32603 with nothing
 * but the id to look for in the log. Where an answer has begun already, the connection is closed instead.
 */
export function sendError(res: Outgoing, error: unknown, context: { logger: Logger; id?: JsonRpcId }): void {
  const { req } = res;
  if (error instanceof ClientGoneError) {
    res.destroy();
    return;
  }
  const known = error instanceof HttpError;
  if (known) req.refusal ??= error.reason;
  else context.logger.error({ err: error, requestId: req.requestId }, 'A request failed unexpectedly');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const id = context.id ?? null;
  if (known) {
    const { status, rpcCode, message, data, headers } = error;
    sendJsonRpcError(res, { status, code: rpcCode, message, data, headers, id });
  } else {
    const data = { requestId: req.requestId };
    sendJsonRpcError(res, { status: 500, code: RPC.internalError, message: 'Internal error', data, id });
  }
}
