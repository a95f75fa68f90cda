import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { notUtf8, readElsewhere, tooLarge, unsupportedEncoding } from './body-errors.js';
import { ClientGoneError } from './errors.js';

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Reads a request body as text of at most `limit` bytes.
 *
 * Rejects with an {@link HttpError}: 413 when it is larger (at once where `Content-Length` says so), 415 when it is
 * encoded (gzip …), 400 / -32700 when it is not UTF-8; with a {@link ClientGoneError} when the client goes away.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const encoding = req.headers['content-encoding'];
    if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return reject(unsupportedEncoding());
    if (Number(req.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit));
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    const onData = (given: Buffer | string) => {
      // Somebody before us may have set an encoding, which nobody can take back.
      const chunk = typeof given === 'string' ? Buffer.from(given, req.readableEncoding ?? 'utf8') : given;
      size += chunk.length;
      if (size > limit) return settle(() => reject(tooLarge(limit)));
      if (first === undefined) first = chunk;
      else (more ??= [first]).push(chunk);
    };
    const onEnd = () =>
      settle(() => {
        const bytes = more === undefined ? first : Buffer.concat(more, size);
        if (bytes === undefined) return resolve('');
        if (!isUtf8(bytes)) return reject(notUtf8());
        const text = bytes.toString('utf8');
        resolve(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
      });
    const onGone = (cause?: unknown) => settle(() => reject(new ClientGoneError(cause)));
    const settle = (act: () => void) => {
      req.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      act();
    };
    if (req.destroyed) return settle(() => reject(new ClientGoneError()));
    req.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    // Whoever has paused it does not go on.
    if (req.isPaused()) req.resume();
  });
}

/**
 * What a framework around has made of the body before it came here; undefined where it has left it to us, as parsers of other types
 * do that leave an empty object. Throws a 500 {@link HttpError} where any of it has been read and is nowhere: nobody could wait for it.
 */
export function parsedBody(req: IncomingMessage & { readonly body?: unknown }): unknown {
  const { body } = req;
  const isRead = req.readableDidRead || req.readableEnded;
  if (body !== undefined && (isRead || !isEmptyObject(body))) return body;
  if (isRead) throw readElsewhere();
  return undefined;
}

function isEmptyObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !ArrayBuffer.isView(body) && Object.keys(body).length === 0;
}
