import type { IncomingMessage } from 'node:http';
import { readBody } from '../http/body.js';
import { HttpError } from '../http/errors.js';
import { parseJson } from '../rpc/messages.js';

/** The JSON body of a POST. Throws 415 and 413 as an HttpError, -32700 as an RpcError. */
export async function readJson(req: IncomingMessage, limit: number): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'Unsupported Media Type: Content-Type must be application/json', { reason: 'content_type' });
  }
  return parseJson(await readBody(req, limit));
}
