import type { CallOptions, Message, Progress, Reply } from './messages.js';

/** Takes what comes before an answer: progress and log lines. */
export function takeNotification({ method, params = {} }: Message, options: CallOptions): void {
  if (method === 'notifications/progress') options.progress?.(params as unknown as Progress);
  if (method === 'notifications/message') options.log?.(params);
}

/** The page's reply to a question of the server's. */
export async function replyTo({ method = '', params = {} }: Message, options: CallOptions): Promise<Reply> {
  if (method === 'ping') return { result: {} };
  if (options.ask && ASKED.includes(method)) return options.ask({ method, params });
  return { error: { code: -32601, message: `Method not found: ${method}` } };
}

const ASKED = ['elicitation/create', 'sampling/createMessage', 'roots/list'];

/** Headers as they may be shown beside a call. */
export function shownHeaders(headers: Headers | Readonly<Record<string, string>>): Record<string, string> {
  const all = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(all.map(([name, value]) => [name, /authorization/i.test(name) ? '[redacted]' : value]));
}

/** The header that signs in; none where nobody has to. */
export type Authorize = () => Readonly<Record<string, string>>;

/** Tells of an HTTP request and sends it. */
export async function send(
  { path, method, headers, body }: { path: string; method: string; headers: Record<string, string>; body?: Message },
  signal: AbortSignal | undefined,
  trace: CallOptions['trace'],
): Promise<Response> {
  trace({ at: Date.now(), direction: 'out', title: `${method} ${path}`, headers: shownHeaders(headers), body });
  const response = await fetch(path, {
    method,
    headers,
    signal,
    cache: 'no-store',
    ...(body && { body: JSON.stringify(body) }),
  });
  const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  const title = `${response.status} ${response.statusText}${isStream ? ' · stream' : ''}`;
  trace({ at: Date.now(), direction: 'in', title, headers: shownHeaders(response.headers) });
  return response;
}

export function isStream(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
}
