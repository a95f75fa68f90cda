import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from '../../http/request.js';
import { oneLine } from '../../text/harmless.js';
import { redactNamed } from '../../text/secrets.js';
import type { WireEntry } from './entry.js';
import { maskBody, maskHeaders } from './mask.js';

/** Bytes of one body that are looked at; beyond, it is shown as cut off. */
const LOOKED_AT_BYTES = 1_000_000;

/** A response as Node keeps it: its head, as text, once it was written. */
type Headed = ServerResponse & { readonly _header: string | null };

/** Tells of one request and of its answer, chunk by chunk as they pass; nothing of either is changed. */
export function tap(
  req: IncomingMessage,
  res: ServerResponse,
  { exchange, node, tell }: { exchange: string; node: string; tell: (entry: WireEntry) => void },
): void {
  const start = performance.now();
  const say = (entry: Omit<WireEntry, 'exchange' | 'node' | 'at'>) =>
    tell({ exchange, node, at: Date.now(), ...entry });
  const body = new Collected();
  const answer = new Collected();
  let isAsked = false;
  let events: Events | undefined;
  let isHeadTold = false;

  const asked = () => {
    if (isAsked) return;
    isAsked = true;
    const text = body.text();
    say({
      kind: 'request',
      method: req.method,
      path: shownPath(req.url ?? '/'),
      headers: maskHeaders(req.headers),
      ...(text !== '' && { body: maskBody(text) }),
    });
  };
  // Whoever reads the body gets its chunks by this event, however it reads.
  const { emit } = req;
  req.emit = function (this: IncomingMessage, event: string | symbol, ...args: unknown[]) {
    if (event === 'data') body.add(args[0]);
    if (event === 'end') asked();
    return (emit as (...all: unknown[]) => boolean).call(this, event, ...args);
  } as typeof req.emit;

  const head = () => {
    if (isHeadTold || (res as Headed)._header === null) return;
    isHeadTold = true;
    asked();
    const headers = headersOf((res as Headed)._header ?? '');
    if (!/^text\/event-stream/.test(headers['content-type'] ?? '')) return;
    events = new Events((event) => say({ kind: 'event', ...event }));
    say({ kind: 'open', status: res.statusCode, headers: maskHeaders(headers) });
  };
  const passed = (chunk: unknown) => {
    head();
    if (events) events.add(String(chunk));
    else answer.add(chunk);
  };
  const { write, end, flushHeaders } = res;
  res.write = function (this: ServerResponse, ...args: unknown[]) {
    const written = (write as (...all: unknown[]) => boolean).apply(this, args);
    passed(args[0]);
    return written;
  } as typeof res.write;
  res.end = function (this: ServerResponse, ...args: unknown[]) {
    const ended = (end as (...all: unknown[]) => ServerResponse).apply(this, args);
    if (typeof args[0] === 'string' || args[0] instanceof Uint8Array) passed(args[0]);
    else head();
    return ended;
  } as typeof res.end;
  res.flushHeaders = function (this: ServerResponse) {
    flushHeaders.call(this);
    head();
  };
  if (req.method !== 'POST') asked();
  res.once('close', () => {
    asked();
    const headers = headersOf((res as Headed)._header ?? '');
    if (!events && res.headersSent) {
      const text = answer.text();
      say({
        kind: 'answer',
        status: res.statusCode,
        headers: maskHeaders(headers),
        ...(text !== '' && { body: maskBody(text) }),
      });
    }
    const durationMs = Math.round((performance.now() - start) * 10) / 10;
    say({ kind: 'end', durationMs, ...(!res.writableFinished && { gone: true }) });
  });
}

/** The chunks of a body, as far as they are looked at. */
class Collected {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  add(chunk: unknown): void {
    if (this.bytes > LOOKED_AT_BYTES || !(typeof chunk === 'string' || chunk instanceof Uint8Array)) return;
    const buffer = Buffer.from(chunk as string);
    this.chunks.push(buffer);
    this.bytes += buffer.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

type Event = Pick<WireEntry, 'id' | 'event' | 'retry' | 'body'>;

/** Reads events out of what is written: each is written whole. */
class Events {
  constructor(private readonly tell: (event: Event) => void) {}

  add(text: string): void {
    for (const block of text.split('\n\n')) {
      const fields: Record<string, string> = {};
      for (const line of block.split('\n')) {
        const colon = line.indexOf(': ');
        if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
      }
      const { id, event, retry, data } = fields;
      if (id === undefined && retry === undefined && data === undefined) continue;
      // The address to post to (HTTP+SSE) has the session in its query.
      const body = data && (event === 'endpoint' ? shownPath(data) : maskBody(data));
      this.tell({ id, event, retry, ...(body && { body }) });
    }
  }
}

/** Of a head that has been written, by lower-case names. */
function headersOf(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
  }
  return headers;
}

/** The target of a request; what its query says is shown as far as its name allows, and else as it was sent: decoded, it may hold anything. */
function shownPath(target: string): string {
  const at = target.indexOf('?');
  const path = oneLine(pathOf(target));
  if (at === -1) return path;
  const shown = target
    .slice(at + 1)
    .split('&')
    .map(shownParameter);
  return `${path}?${shown.join('&')}`;
}

function shownParameter(sent: string): string {
  const [[name, value] = ['', '']] = new URLSearchParams(sent);
  const shown = redactNamed(name, value);
  return oneLine(shown === value ? sent : `${encodeURIComponent(name)}=${shown}`);
}
