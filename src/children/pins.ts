import type { RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';

/** A process that made a state or a task, and that only it may know; and what it was before it was named so. */
const PINNED = /^([A-Za-z0-9]{1,64}\.pool-[0-9a-f-]{36})~([\s\S]*)$/;

/** The name of a process among all nodes. */
export function placeOf(nodeId: string, key: string): string {
  return `${nodeId}.pool-${key}`;
}

/** What a request goes on with, in the words of the process that made it, and which that is; undefined where it begins anew. */
export function unpinned(request: RpcRequest): { readonly place: string; readonly request: RpcRequest } | undefined {
  const { params } = request;
  for (const name of ['requestState', 'taskId']) {
    const [, place, rest] = PINNED.exec(String(params?.[name])) ?? [];
    if (place !== undefined) return { place, request: { ...request, params: { ...params, [name]: rest } } };
  }
  return undefined;
}

/** A result whose state or task is named with the process that made it, so that what follows finds it again. */
export function pinned(response: RpcResponse, place: string): RpcResponse {
  const { result } = response;
  if (!isObject(result)) return response;
  const { requestState, taskId } = result;
  if (typeof requestState !== 'string' && typeof taskId !== 'string') return response;
  return {
    ...response,
    result: {
      ...result,
      ...(typeof requestState === 'string' && { requestState: `${place}~${requestState}` }),
      ...(typeof taskId === 'string' && { taskId: `${place}~${taskId}` }),
    },
  };
}
