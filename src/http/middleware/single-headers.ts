import { HttpError } from '../errors.js';
import type { Guard } from '../guard.js';

/**
 * Headers that a request has once (RFC 9110 5.3). Node takes the first of several, or joins them; what stands in front may have
 * gone by another one. A bit for each.
 */
const SINGLE: ReadonlyMap<string, number> = new Map(
  ['host', 'origin', 'content-type', 'content-length'].map((name, index) => [name, 1 << index]),
);

/** Lets pass only requests with one `Host`, and no other header twice of which there is one; 400 otherwise. */
export function singleHeaders(): Guard {
  return function singleHeaders({ rawHeaders, headers, httpVersionMinor }) {
    // RFC 9112 3.2. HTTP/1.0 had none.
    if (headers.host === undefined && httpVersionMinor > 0) throw refused('the Host header is missing');
    let seen = 0;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = (rawHeaders[at] as string).toLowerCase();
      const bit = SINGLE.get(name);
      if (bit === undefined) continue;
      if ((seen & bit) !== 0) throw refused(`the ${name} header stands there twice`);
      seen |= bit;
    }
    return true;
  };
}

function refused(what: string): HttpError {
  return new HttpError(400, `Bad Request: ${what}`, { reason: 'malformed' });
}
