import type { IncomingHttpHeaders } from 'node:http';
import { traceparentOf } from '../http/traceparent.js';
import type { EndedRequest } from '../protocol/open-requests.js';
import type { RpcMessage } from '../rpc/messages.js';
import { isObject, isResponse } from '../rpc/messages.js';
import { quote } from '../text/harmless.js';
import { shortSession } from '../text/secrets.js';

/** Characters of what is the client's to choose, in a log line: a method, a tool, the client's own name and version. */
const METHOD_CHARACTERS = 64;
const TOOL_CHARACTERS = 128;
const CLIENT_CHARACTERS = 64;

/** What a log line says a message is: its method (`response` where it has none), the tool that it calls, the client that introduces itself. */
export function messageFields(message: RpcMessage): Record<string, unknown> {
  if (isResponse(message)) return { rpcMethod: 'response' };
  const { method, params } = message;
  const rpcMethod = method.slice(0, METHOD_CHARACTERS);
  if (method === 'tools/call') return { rpcMethod, tool: shown(params?.name, TOOL_CHARACTERS) };
  // Whoever has a task's id can use it, where nobody signs in.
  if (method.startsWith('tasks/') && typeof params?.taskId === 'string')
    return { rpcMethod, task: quote(shortSession(params.taskId), TOOL_CHARACTERS) };
  if (method !== 'initialize' || !isObject(params?.clientInfo)) return { rpcMethod };
  const { name, version } = params.clientInfo;
  return { rpcMethod, client: shown(name, CLIENT_CHARACTERS), clientVersion: shown(version, CLIENT_CHARACTERS) };
}

/** A text of the client's; nothing where it is none. */
function shown(value: unknown, longest: number): string | undefined {
  return typeof value === 'string' ? quote(value, longest) : undefined;
}

/** The trace (W3C Trace Context) that a message belongs to, as a field of a log line: by the HTTP header, else by its `_meta`. */
export function tracedBy(headers: IncomingHttpHeaders, message: RpcMessage | undefined): { traceparent?: string } {
  const meta = message && 'params' in message ? message.params?._meta : undefined;
  const traceparent =
    traceparentOf(headers.traceparent) ?? (isObject(meta) ? traceparentOf(meta.traceparent) : undefined);
  return traceparent === undefined ? {} : { traceparent };
}

/** What a log line says of how a request ended. */
export function endedFields({ request, era, outcome, durationMs }: EndedRequest): Record<string, unknown> {
  return {
    ...messageFields(request),
    era,
    outcome,
    durationMs: Math.round(durationMs * 100) / 100,
    ...tracedBy({}, request),
  };
}
