import type { RequestId } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import type { RpcError } from '../rpc/errors.js';
import { errorAnswer } from '../rpc/errors.js';

/** The answer to a request, serialized: what can't be written as JSON has failed before the request counts as answered. */
export interface Answer {
  readonly id: RequestId;
  /** The JSON-RPC response. */
  readonly text: string;
  /** The same in UTF-8, where most of it has been encoded before. */
  readonly bytes?: () => Uint8Array;
  readonly outcome: 'ok' | 'tool_error' | 'error' | 'input_required' | 'task';
  readonly error?: Pick<RpcError, 'code' | 'message'>;
  /** What `WWW-Authenticate` is to say, where an author's SDK server wants a token of more scopes; `text` is the body then. */
  readonly challenge?: string;
}

/** A list that many answers hold, and that never changes. */
interface Written {
  readonly text: string;
  /** The same in UTF-8, made at the first look. */
  bytes?: Uint8Array;
}

const written = new WeakMap<object, Written>();
const encoder = new TextEncoder();

/** Has a list be serialized once, for every answer that it will be part of. Nobody may change it, or what is in it, afterwards. */
export function writtenOnce<T>(list: readonly T[]): readonly T[] {
  written.set(list, { text: JSON.stringify(list) });
  return list;
}

/** Throws a TypeError for a result that is not a JSON object: a BigInt in it, a cycle, no object at all. */
export function resultAnswer(id: RequestId, result: unknown): Answer {
  if (typeof result !== 'object' || result === null) throw unwritable();
  const { tools, isError } = result as { readonly tools?: unknown; readonly isError?: unknown };
  const list = Array.isArray(tools) ? written.get(tools) : undefined;
  if (list) return listAnswer(id, result, list);
  const text = JSON.stringify({ jsonrpc: '2.0', id, result });
  // A `toJSON` of the author's may have left nothing of it. (No id holds these characters: its quotes are escaped.)
  if (!text.includes('"result":')) throw unwritable();
  return { id, text, outcome: isError === true ? 'tool_error' : 'ok' };
}

function unwritable(): TypeError {
  return new TypeError('The result is not an object that can be written as JSON');
}

/** A list that has been written already is put between what differs. */
function listAnswer(id: RequestId, result: object, list: Written): Answer {
  const others = JSON.stringify({ ...result, tools: undefined });
  const before = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":`;
  const after = others === '{}' ? '}}' : `,${others.slice(1)}}`;
  const bytes = () => joined(encoder.encode(before), (list.bytes ??= encoder.encode(list.text)), encoder.encode(after));
  return { id, text: before + list.text + after, bytes, outcome: 'ok' };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A complete result of the modern era, with what says who answers (2026-07-28, basic, "Result Type" and "_meta"). */
export function stamped(result: Readonly<Record<string, unknown>>, stamp: object): Record<string, unknown> {
  const { _meta } = result;
  return { resultType: 'complete', ...result, _meta: isObject(_meta) ? { ..._meta, ...stamp } : stamp };
}

export function failureAnswer(id: RequestId, error: Pick<RpcError, 'code' | 'message' | 'data'>): Answer {
  return { id, text: JSON.stringify(errorAnswer(id, error)), outcome: 'error', error };
}
