import type { RequestId } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import type { RpcError } from '../rpc/errors.js';
import { errorAnswer } from '../rpc/errors.js';

/** The answer to a request, serialized: what can't be written as JSON has failed before the request counts as answered. */
export interface Answer {
  readonly id: RequestId;
  /** The JSON-RPC response. */
  readonly text: string;
  readonly outcome: 'ok' | 'tool_error' | 'error' | 'input_required' | 'task';
  readonly error?: Pick<RpcError, 'code' | 'message'>;
  /** What `WWW-Authenticate` is to say, where an author's SDK server wants a token of more scopes; `text` is the body then. */
  readonly challenge?: string;
}

/** What is listed by many answers, and never changes: each object with its text. */
const written = new WeakMap<object, string>();

/** Has an object be serialized once, for every `tools/list` that it will be part of. Nobody may change it afterwards. */
export function writtenOnce<T extends object>(listed: T): T {
  written.set(listed, JSON.stringify(listed));
  return listed;
}

/** Throws a TypeError for a result that is not a JSON object: a BigInt in it, a cycle, no object at all. */
export function resultAnswer(id: RequestId, result: unknown): Answer {
  const text = typeof result === 'object' && result !== null ? textOf(result) : undefined;
  if (text === undefined) throw new TypeError('The result is not an object that can be written as JSON');
  const failed = (result as { isError?: unknown }).isError === true;
  return {
    id,
    text: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${text}}`,
    outcome: failed ? 'tool_error' : 'ok',
  };
}

/** A result as JSON; a list whose entries have been written already is put together from their texts. */
function textOf(result: { readonly tools?: unknown }): string | undefined {
  const { tools } = result;
  if (!Array.isArray(tools) || tools.length === 0) return JSON.stringify(result);
  const texts = tools.map((tool) => written.get(tool as object));
  if (texts.includes(undefined)) return JSON.stringify(result);
  const others = JSON.stringify({ ...result, tools: undefined });
  return `{"tools":[${texts.join(',')}]${others === '{}' ? '}' : `,${others.slice(1)}`}`;
}

/** A complete result of the modern era, with what says who answers (2026-07-28, basic, "Result Type" and "_meta"). */
export function stamped(result: Readonly<Record<string, unknown>>, stamp: object): Record<string, unknown> {
  const { _meta } = result;
  return { resultType: 'complete', ...result, _meta: isObject(_meta) ? { ..._meta, ...stamp } : stamp };
}

export function failureAnswer(id: RequestId, error: Pick<RpcError, 'code' | 'message' | 'data'>): Answer {
  return { id, text: JSON.stringify(errorAnswer(id, error)), outcome: 'error', error };
}
