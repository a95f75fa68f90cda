import type { RpcMessage } from '../../rpc/messages.js';
import { isObject, isResponse } from '../../rpc/messages.js';

/**
 * The SDK numbers a server's requests from 0 in every exchange. On the wire an id is `{exchange}:{number}`, so that the
 * client's answer finds its way to the exchange that waits for it, on whichever node that is.
 */
export function toClientId(message: RpcMessage, exchangeId: string): RpcMessage {
  if (isResponse(message)) return message;
  const { params } = message;
  const rename = (id: unknown) => `${exchangeId}:${String(id)}`;
  const renamed = { ...message };
  if ('id' in renamed) renamed.id = rename(renamed.id);
  // The server gave up waiting, and tells the client so.
  if (message.method === 'notifications/cancelled' && params)
    renamed.params = { ...params, requestId: rename(params.requestId) };
  const meta = params?._meta;
  if ('id' in message && isObject(meta) && meta.progressToken !== undefined) {
    renamed.params = { ...params, _meta: { ...meta, progressToken: rename(meta.progressToken) } };
  }
  return renamed;
}

/** The number that the SDK gave, put back. */
export function fromClientId(message: RpcMessage): RpcMessage {
  if (isResponse(message)) return { ...message, id: numberOf(message.id) };
  const { params } = message;
  return { ...message, params: { ...params, progressToken: numberOf(params?.progressToken) } };
}

function numberOf(id: unknown): number {
  return Number(String(id).split(':').at(-1));
}
