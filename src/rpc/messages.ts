import { RPC, RpcError } from './errors.js';
import { noteLostDigits } from './lost-digits.js';

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

/** Levels of objects and arrays inside one another: `JSON.stringify`, schemas and validators all recurse. */
export const NESTING_LIMIT = 200;

/** Parses a body or a line. Throws {@link RpcError} -32700, and -32600 for what is nested too deeply. */
export function parseJson(text: string): unknown {
  if (text.length > 2 * NESTING_LIMIT && isTooDeep(text)) throw tooDeep();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new RpcError(RPC.parseError, 'Parse error: the body is not JSON', undefined, { cause: error });
  }
  noteLostDigits(text, body);
  return body;
}

/** A body that somebody else has parsed. Throws {@link RpcError} -32600 for what is nested too deeply. */
export function shallow(body: unknown): unknown {
  if (isDeeper(body, NESTING_LIMIT)) throw tooDeep();
  return body;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

function tooDeep(): RpcError {
  return invalidRequest(`more than ${NESTING_LIMIT} levels of objects and arrays`);
}

/** Looks at the text, because what is too deep is better not built. Brackets within strings don't count. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (inString) at += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > NESTING_LIMIT) return true;
  }
  return false;
}

/** The messages of a body: one, or a batch. Throws {@link RpcError} -32600 and says what is wrong. */
export function readMessages(body: unknown): { messages: RpcMessage[]; batch: boolean } {
  if (!Array.isArray(body)) return { messages: [readMessage(body)], batch: false };
  if (body.length === 0) throw invalidRequest('an empty batch');
  if (body.length > BATCH_LIMIT)
    throw invalidRequest(`a batch of ${body.length} messages, the limit is ${BATCH_LIMIT}`);
  const messages = body.map(readMessage);
  const ids = messages.filter(isRequest).map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw invalidRequest('a batch in which two requests have the same id');
  return { messages, batch: true };
}

/** The id of a body that could not be read as a message: an error answer repeats it (JSON-RPC 2.0, section 5). */
export function idOf(body: unknown): RequestId | null {
  const id = isObject(body) ? body.id : undefined;
  return isId(id) ? id : null;
}

/**
 * One message with the members that JSON-RPC knows and no others: the SDK drops a message that has more, or whose `_meta` it can't
 * read, without a word, and whoever sent it would wait in vain.
 */
function readMessage(value: unknown): RpcMessage {
  if (!isObject(value)) throw invalidRequest('a message must be an object');
  if (value.jsonrpc !== '2.0') throw invalidRequest('"jsonrpc" must be "2.0"');
  const { id, method, params, result, error } = value;
  if ('id' in value && !isId(id)) throw invalidRequest('"id" must be a string or an integer');
  if ('method' in value) {
    if (typeof method !== 'string') throw invalidRequest('"method" must be a string');
    if (params !== undefined && !isObject(params)) throw invalidRequest('"params" must be an object');
    requireMeta('params', params);
    return { jsonrpc: '2.0', ...(isId(id) && { id }), method, ...(params && { params }) };
  }
  if (!isId(id)) throw invalidRequest('neither "method" nor "id"');
  if (isErrorObject(error)) {
    return {
      jsonrpc: '2.0',
      id,
      error: { code: error.code, message: error.message, ...('data' in error && { data: error.data }) },
    };
  }
  if (!isObject(result)) throw invalidRequest('neither "method", "result" nor "error"');
  requireMeta('result', result);
  return { jsonrpc: '2.0', id, result };
}

/** What `_meta` must be (basic, "_meta"), and the two of its entries that mean something to every receiver. */
function requireMeta(where: string, holder: Record<string, unknown> | undefined): void {
  const meta = holder?._meta;
  if (meta === undefined) return;
  const invalid = where === 'params' ? invalidParams : invalidRequest;
  if (!isObject(meta)) throw invalid(`"${where}._meta" must be an object`);
  const { progressToken, [RELATED_TASK]: task } = meta;
  if (progressToken !== undefined && !isId(progressToken))
    throw invalid('"progressToken" must be a string or an integer');
  if (task !== undefined && !(isObject(task) && typeof task.taskId === 'string'))
    throw invalid(`"${RELATED_TASK}" must name a taskId`);
}

const RELATED_TASK = 'io.modelcontextprotocol/related-task';

function isErrorObject(value: unknown): value is { code: number; message: string; data?: unknown } {
  return isObject(value) && Number.isSafeInteger(value.code) && typeof value.message === 'string';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

function invalidParams(what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid params: ${what}`);
}

function invalidRequest(what: string): RpcError {
  return new RpcError(RPC.invalidRequest, `Invalid Request: ${what}`);
}
