import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { byteLength } from '../text/byte-length.js';
import type { Incoming, Outgoing } from './message.js';

/** A request body of at most this many unread bytes is left to Node, which reads it off and keeps the connection. */
const DUMPABLE_BYTES = 65_536;
/** How long, and how much of it, a larger unread body is read off after the answer before the connection is closed. */
const LINGER_MS = 500;
const LINGER_BYTES = 8_000_000;

/** Answers with a value as JSON. */
export function sendJson(res: Outgoing, status: number, value: unknown, headers?: OutgoingHttpHeaders): void {
  sendText(res, status, 'application/json', JSON.stringify(value), headers);
}

/** Answers with a whole text, such as JSON that is serialized already, or with its bytes in UTF-8. A HEAD request gets the headers alone. */
export function sendText(
  res: Outgoing,
  status: number,
  contentType: string,
  text: string | Uint8Array,
  headers?: OutgoingHttpHeaders,
): void {
  const unread = unreadBytes(res.req);
  if (headers !== undefined) for (const name in headers) setHeader(res, name, headers[name]);
  if (unread > DUMPABLE_BYTES) res.setHeader('Connection', 'close');
  res.writeHead(status, { 'Content-Type': contentType, 'Content-Length': lengthOf(text) });
  if (unread > DUMPABLE_BYTES) endAfterLinger(res as ServerResponse, text);
  else res.end(text);
}

const lengthOf = (text: string | Uint8Array) => (typeof text === 'string' ? byteLength(text) : text.length);

function setHeader(res: Outgoing, name: string, value: OutgoingHttpHeaders[string]): void {
  if (value !== undefined) res.setHeader(name, value);
}

function unreadBytes(req: Incoming): number {
  if (req.complete) return 0;
  if (req.headers['transfer-encoding'] !== undefined) return Infinity;
  return Number(req.headers['content-length'] ?? 0);
}

/**
 * Closing a socket that holds unread bytes resets the connection, and the reset can overtake the answer. So the answer
 * is written whole, the body is read off for a bounded while, and only then the connection ends.
 */
function endAfterLinger(res: ServerResponse, text: string | Uint8Array): void {
  const { req } = res;
  let left = LINGER_BYTES;
  const end = () => {
    clearTimeout(timer);
    req.off('data', discard).off('end', end).off('error', end);
    res.end();
  };
  const discard = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const timer = setTimeout(end, LINGER_MS);
  req.on('data', discard).once('end', end).once('error', end);
  res.once('close', () => clearTimeout(timer));
  res.write(text);
}
