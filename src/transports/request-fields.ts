import type { IncomingHttpHeaders } from 'node:http';
import { traceparentOf } from '../http/traceparent.js';
import type { EndedRequest } from '../protocol/open-requests.js';
import type { RpcMessage } from '../rpc/messages.js';
import { isObject, isResponse } from '../rpc/messages.js';

/** Characters of a method's name in a log line: it is the client's to choose. */
const METHOD_CHARACTERS = 64;

/** The method of a message as a log line names it; `response` where it has none. */
export function methodOf(message: RpcMessage): string {
  return isResponse(message) ? 'response' : message.method.slice(0, METHOD_CHARACTERS);
}

/** The trace (W3C Trace Context) that a message belongs to, as a field of a log line: by the HTTP header, else by its `_meta`. */
export function tracedBy(headers: IncomingHttpHeaders, message: RpcMessage | undefined): { traceparent?: string } {
  const meta = message && 'params' in message ? message.params?._meta : undefined;
  const traceparent =
    traceparentOf(headers.traceparent) ?? (isObject(meta) ? traceparentOf(meta.traceparent) : undefined);
  return traceparent === undefined ? {} : { traceparent };
}

/** What a log line says of how a request ended. */
export function endedFields({ request, tool, outcome, durationMs }: EndedRequest): Record<string, unknown> {
  return {
    rpcMethod: methodOf(request),
    ...(tool && { tool }),
    outcome,
    durationMs: Math.round(durationMs * 100) / 100,
    ...tracedBy({}, request),
  };
}
