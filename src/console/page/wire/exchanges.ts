import type { WireEntry } from '../../wire/entry.js';
/** A request with all that has come of it so far. */
export interface Exchange {
  readonly id: string;
  readonly node: string;
  readonly at: number;
  readonly request?: WireEntry;
  readonly answer?: WireEntry;
  readonly events: readonly WireEntry[];
  readonly end?: WireEntry;
  /** What the list says: the JSON-RPC method, what it is about, and how it ended. */
  readonly rpc: string;
  readonly about: string;
  readonly outcome: 'ok' | 'error' | 'open' | 'gone';
}

/** Exchanges that are shown, and events of one. */
export const SHOWN = 300;
const EVENTS = 300;

/** Adds what has come to what is shown; the newest stay. */
export function added(old: readonly Exchange[], entries: readonly WireEntry[]): readonly Exchange[] {
  const byId = new Map(old.map((exchange) => [exchange.id, exchange]));
  for (const entry of entries) byId.set(entry.exchange, withEntry(byId.get(entry.exchange), entry));
  return [...byId.values()].slice(-SHOWN);
}

function withEntry(old: Exchange | undefined, entry: WireEntry): Exchange {
  const base: Exchange = old ?? {
    id: entry.exchange,
    node: entry.node,
    at: entry.at,
    events: [],
    rpc: '',
    about: '',
    outcome: 'open',
  };
  switch (entry.kind) {
    case 'request':
      return { ...base, request: entry, ...said(entry.body) };
    case 'event': {
      const failed = isFailure(entry.body);
      return { ...base, events: [...base.events, entry].slice(-EVENTS), ...(failed && { outcome: 'error' as const }) };
    }
    case 'end': {
      const bad = base.outcome === 'error';
      return { ...base, end: entry, outcome: bad ? 'error' : entry.gone ? 'gone' : 'ok' };
    }
    default: {
      const failed = (entry.status ?? 200) >= 400 || isFailure(entry.body);
      return { ...base, answer: entry, ...(failed && { outcome: 'error' as const }) };
    }
  }
}

interface Rpc {
  readonly method?: string;
  readonly params?: { readonly name?: unknown; readonly uri?: unknown };
  readonly result?: { readonly isError?: unknown };
  readonly error?: unknown;
}

function said(body: string | undefined): Pick<Exchange, 'rpc' | 'about'> {
  const message = parsed(body);
  if (!message) return { rpc: '', about: '' };
  const { params } = message;
  return { rpc: message.method ?? 'response', about: String(params?.name ?? params?.uri ?? '') };
}

function isFailure(body: string | undefined): boolean {
  const message = parsed(body);
  return message?.error !== undefined || message?.result?.isError === true;
}

function parsed(body: string | undefined): Rpc | undefined {
  if (body === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
    return typeof first === 'object' && first !== null ? first : undefined;
  } catch {
    return undefined;
  }
}

/** Whether each word of a filter is somewhere in the exchange. */
export function matches(exchange: Exchange, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/);
  const { request, answer, events, rpc, about, node, outcome } = exchange;
  const parts = [rpc, about, node, outcome, request, answer, ...events];
  const text = JSON.stringify(parts).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Headers that curl makes itself, or that only browsers send. */
const OWN_HEADERS =
  /^(host|connection|content-length|accept-encoding|user-agent|origin|referer|accept-language|cookie|sec-.*|pragma|cache-control)$/;

/** The request as a line for a shell. What was masked stands there as it is shown. */
export function curlOf({ request }: Exchange, origin: string): string {
  if (!request) return '';
  const parts = [
    // Without -g, curl makes many requests of one address with braces or brackets.
    'curl -gsN',
    ...(request.method === 'GET' ? [] : [`-X ${request.method}`]),
    quoted(origin + request.path),
  ];
  for (const [name, value] of Object.entries(request.headers ?? {}))
    if (!OWN_HEADERS.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.body !== undefined) parts.push(`--data-raw ${quoted(request.body)}`);
  return parts.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
