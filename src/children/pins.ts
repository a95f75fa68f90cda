import { createHmac, timingSafeEqual } from 'node:crypto';
import { RPC, RpcError } from '../rpc/errors.js';
import type { RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';

/** The process that made a state or a task, a mark that says for whom, and what it was before it was named so. */
const PINNED = /^([A-Za-z0-9]{1,64}\.pool-[0-9a-f-]{36})~([\w-]{22})~([\s\S]*)$/;
/** Characters of a mark: of base64url, 128 bits. */
const MARK_LENGTH = 22;
/** What a request goes on with. */
const NAMES = ['requestState', 'taskId'] as const;

/** What is said of a state or a task that is not to be had, whatever the reason. */
export const GONE =
  'Invalid params: what this belongs to has ended, or is of another caller. Call again from the beginning';

/** The name of a process among all nodes. */
export function placeOf(nodeId: string, key: string): string {
  return `${nodeId}.pool-${key}`;
}

/**
 * States and tasks that processes made which many callers share: named with the process that alone knows them, and bound to the caller,
 * of whom that knows nothing: it can't tell who may go on with one, and may number them so that others guess them.
 */
export class Pins {
  private keys: Promise<readonly string[]> | undefined;

  /** All nodes that share the processes have the secrets: the first makes marks, all are taken. */
  constructor(private readonly secrets: () => Promise<readonly string[]>) {}

  /**
   * A request in the words of the process that made what it goes on with, and which that is; absent where it begins anew. Rejects with an
   * {@link RpcError} -32602 for a state that was not made for this caller. For a task, any process says in its own words that it is
   * not there, or why else this can't be asked: it gets a name that none has.
   */
  async unpinned(
    request: RpcRequest,
    owner: string | undefined,
  ): Promise<{ readonly place?: string; readonly request: RpcRequest }> {
    const given = NAMES.filter((name) => request.params?.[name] !== undefined);
    if (given.length === 0) return { request };
    const keys = await this.loaded();
    const params = { ...request.params };
    let place: string | undefined;
    for (const name of given) {
      const [, at = '', mark = '', rest = ''] = PINNED.exec(String(params[name])) ?? [];
      const isOwn = keys.some((key) => isSame(mark, markOf(key, name, owner, at, rest)));
      if (isOwn && (place ??= at) === at) params[name] = rest;
      else if (name === 'taskId') params[name] = crypto.randomUUID();
      else throw new RpcError(RPC.invalidParams, GONE);
    }
    return { place, request: { ...request, params } };
  }

  /** A result whose state or task is named so that only what this caller sends next finds it again. */
  async pinned(response: RpcResponse, place: string, owner: string | undefined): Promise<RpcResponse> {
    const [key = ''] = await this.loaded();
    const result = { ...response.result };
    for (const name of NAMES) {
      const value = result[name];
      if (typeof value === 'string') result[name] = `${place}~${markOf(key, name, owner, place, value)}~${value}`;
    }
    return { ...response, result };
  }

  /** Where the secrets can't be had now, the next one asks again. */
  private async loaded(): Promise<readonly string[]> {
    this.keys ??= this.secrets();
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      throw error;
    }
  }
}

/** Whether a result holds anything that is to be pinned. */
export function isPinnable({ result }: RpcResponse): boolean {
  return isObject(result) && NAMES.some((name) => typeof result[name] === 'string');
}

function markOf(key: string, name: string, owner: string | undefined, place: string, value: string): string {
  const text = JSON.stringify(['pin', name, owner ?? null, place, value]);
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, MARK_LENGTH);
}

function isSame(mark: string, expected: string): boolean {
  return mark.length === expected.length && timingSafeEqual(Buffer.from(mark), Buffer.from(expected));
}
