import { HttpError } from '../../http/errors.js';

/** What a client reads: one JSON answer, a stream of events, or either. */
export interface Acceptable {
  readonly json: boolean;
  readonly events: boolean;
}

const BOTH: Acceptable = { json: true, events: true };
/** What nearly all clients send: the SDK's, those that want no stream, curl. */
const COMMON: ReadonlyMap<string, Acceptable> = new Map([
  ['application/json, text/event-stream', BOTH],
  ['application/json', { json: true, events: false }],
  ['*/*', BOTH],
]);

/**
 * Reads the `Accept` of a POST (transports, "Sending Messages to the Server": a client must name both kinds).
 * An absent header and wildcards count as both, so that a bare `curl` is served; `strict` insists on both.
 * Throws a 406 {@link HttpError}.
 */
export function acceptOfPost(header: string | undefined, strict: boolean): Acceptable {
  const accepted = read(header, strict);
  if (strict && !(accepted.json && accepted.events)) throw notAcceptable('both application/json and text/event-stream');
  if (!accepted.json && !accepted.events) throw notAcceptable('application/json or text/event-stream');
  return accepted;
}

/** Reads the `Accept` of a GET. Throws a 406 {@link HttpError}. */
export function requireEvents(header: string | undefined, strict: boolean): void {
  if (!read(header, strict).events) throw notAcceptable('text/event-stream');
}

function read(header: string | undefined, strict: boolean): Acceptable {
  if (header === undefined || header.trim() === '') return strict ? { json: false, events: false } : BOTH;
  const common = COMMON.get(header);
  if (common) return common;
  let json = false;
  let events = false;
  for (const part of header.toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    json ||= type === 'application/json' || type === 'application/*' || type === '*/*';
    events ||= type === 'text/event-stream' || type === 'text/*' || type === '*/*';
  }
  return { json, events };
}

export function notAcceptable(what: string): HttpError {
  return new HttpError(406, `Not Acceptable: the Accept header must allow ${what}`, { reason: 'not_acceptable' });
}
