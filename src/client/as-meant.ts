import type { CallToolResult, JSONRPCMessage } from '@modelcontextprotocol/client';
import { TASKS } from '../rpc/era.js';
import { RPC } from '../rpc/errors.js';
import { isObject } from '../rpc/messages.js';

/**
 * An answer so that the SDK takes it as it is meant. It knows no `resultType: "task"`: such a result becomes a complete one that holds
 * the task in its `_meta`. It refuses a result without `resultType`, which is a complete one (2026-07-28, basic,
 * "Result Type"); and it turns -32002 with a `uri` into -32602, as the modern era has it: in an array the `uri` stays unseen.
 */
export function asMeant(message: JSONRPCMessage): JSONRPCMessage {
  if ('error' in message && message.error.code === RPC.resourceNotFound)
    return { ...message, error: { ...message.error, data: [message.error.data] } };
  if (!('result' in message)) return message;
  const { result } = message;
  if (result.resultType === undefined) return { ...message, result: { ...result, resultType: 'complete' } };
  if (result.resultType === 'task')
    return { ...message, result: { resultType: 'complete', content: [], _meta: { ...result._meta, [TASKS]: result } } };
  return message;
}

/** The task that a call of the modern era was answered with, as {@link asMeant} has put it. */
export function taskIn({ _meta }: CallToolResult): Readonly<Record<string, unknown>> | undefined {
  const task = _meta?.[TASKS];
  return isObject(task) ? task : undefined;
}
