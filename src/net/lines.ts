import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters of one line of a client over a pipe. */
export const LINE_LIMIT = 10_000_000;
/** A line that was longer than its bound; it is skipped to its end. */
export const TOO_LONG = Symbol('a line that was too long');

/**
 * The lines of a stream, without their ends; a last line without an end counts. Empty lines are left out.
 * Of a line beyond `limit` characters nothing is kept: {@link TOO_LONG} comes in its place.
 */
export async function* readLines(stream: Readable, limit: number): AsyncGenerator<string | typeof TOO_LONG> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let skipping = false;
  for await (const chunk of stream) {
    const parts = decoder.write(chunk as Buffer).split('\n');
    for (const [index, part] of parts.entries()) {
      if (!skipping) rest += part;
      if (rest.length > limit) {
        skipping = true;
        rest = '';
      }
      if (index === parts.length - 1) break;
      if (skipping) yield TOO_LONG;
      else if (rest.trim() !== '') yield rest;
      rest = '';
      skipping = false;
    }
  }
  rest += decoder.end();
  if (skipping) yield TOO_LONG;
  else if (rest.trim() !== '') yield rest;
}
