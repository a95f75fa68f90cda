import { RPC } from '../rpc/errors.js';
import { HttpError } from './errors.js';

/** What is wrong with a request body, whoever reads it. */
export function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than the limit of ${limit} bytes`, { reason: 'too_large' });
}

export function unsupportedEncoding(): HttpError {
  const headers = { 'Accept-Encoding': 'identity' };
  return new HttpError(415, 'The request body must not be encoded: send it without Content-Encoding', {
    reason: 'content_encoding',
    headers,
  });
}

export function notUtf8(): HttpError {
  return new HttpError(400, 'Parse error: the request body is not valid UTF-8', {
    rpcCode: RPC.parseError,
    reason: 'parse',
  });
}

/** Nobody could wait for a body that has gone by. */
export function readElsewhere(): HttpError {
  return new HttpError(500, 'The request body was read before it came here, and was not handed on');
}
