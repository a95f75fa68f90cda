import { RPC, RpcError } from './rpc-error.js';

/** A JSON-RPC id as MCP has it: never null (basic, "Requests"). */
export type RequestId = string | number;

export interface RpcRequest {
  jsonrpc: '2.0';
  id: RequestId;
  method: string;
  params?: Record<string, unknown>;
}

export interface RpcNotification {
  jsonrpc: '2.0';
  method: string;
  params?: Record<string, unknown>;
}

export interface RpcResponse {
  jsonrpc: '2.0';
  id: RequestId;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: unknown };
}

export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

/** Messages that one batch may hold. */
export const BATCH_LIMIT = 100;

export function isRequest(message: RpcMessage): message is RpcRequest {
  return 'method' in message && 'id' in message;
}

export function isNotification(message: RpcMessage): message is RpcNotification {
  return 'method' in message && !('id' in message);
}

export function isResponse(message: RpcMessage): message is RpcResponse {
  return !('method' in message);
}

/** Parses a body or a line. Throws {@link RpcError} -32700. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RpcError(RPC.parseError, 'Parse error: the body is not JSON', undefined, { cause: error });
  }
}

/** The messages of a body: one, or a batch. Throws {@link RpcError} -32600 and says what is wrong. */
export function readMessages(body: unknown): { messages: RpcMessage[]; batch: boolean } {
  if (!Array.isArray(body)) return { messages: [readMessage(body)], batch: false };
  if (body.length === 0) throw invalid('an empty batch');
  if (body.length > BATCH_LIMIT) throw invalid(`a batch of ${body.length} messages, the limit is ${BATCH_LIMIT}`);
  return { messages: body.map(readMessage), batch: true };
}

/** The id of a body that could not be read as a message: an error answer repeats it (JSON-RPC 2.0, section 5). */
export function idOf(body: unknown): RequestId | null {
  const id = isObject(body) ? body.id : undefined;
  return isId(id) ? id : null;
}

function readMessage(value: unknown): RpcMessage {
  if (!isObject(value)) throw invalid('a message must be an object');
  if (value.jsonrpc !== '2.0') throw invalid('"jsonrpc" must be "2.0"');
  if ('id' in value && !isId(value.id)) throw invalid('"id" must be a string or an integer');
  if ('method' in value) {
    if (typeof value.method !== 'string') throw invalid('"method" must be a string');
    if (value.params !== undefined && !isObject(value.params)) throw invalid('"params" must be an object');
    return value as unknown as RpcRequest | RpcNotification;
  }
  if (!('id' in value)) throw invalid('neither "method" nor "id"');
  if (!isObject(value.result) && !isErrorObject(value.error)) throw invalid('neither "method", "result" nor "error"');
  return value as unknown as RpcResponse;
}

function isErrorObject(value: unknown): boolean {
  return isObject(value) && Number.isInteger(value.code) && typeof value.message === 'string';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

function invalid(what: string): RpcError {
  return new RpcError(RPC.invalidRequest, `Invalid Request: ${what}`);
}
