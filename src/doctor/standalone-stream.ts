import type { DoctorContext } from './context.js';
import { endSession, postInitialize } from './initialize.js';
import type { InitializeOptions } from './initialize.js';

/** What became of a GET for a stream. */
export type StreamFound =
  | { readonly kind: 'event'; readonly ms: number }
  | { readonly kind: 'silent'; readonly ms: number }
  /** No headers within `ms`. */
  | { readonly kind: 'withheld'; readonly ms: number }
  | { readonly kind: 'none'; readonly reason: string };

/** How long the headers of the answer, and then its first bytes, are waited for, ms. */
const OPEN_MS = 3_000;
const FIRST_BYTES_MS = 2_000;

/** Opens the stream of a new session (or a legacy one, by GET alone), waits a moment for its first bytes, and leaves. */
export async function standaloneStream(
  url: URL,
  { fetch, headers }: Pick<DoctorContext, 'fetch' | 'headers'>,
  signal: AbortSignal,
): Promise<StreamFound> {
  const options = { fetch, headers, signal };
  const opened = await postInitialize(url, options);
  await opened.body?.cancel();
  if (opened.status === 401) return { kind: 'none', reason: 'it asks for a token' };
  const session = opened.headers.get('mcp-session-id');
  try {
    return await openStream(url, {
      ...options,
      headers: { ...headers, ...(session !== null && { 'mcp-session-id': session }) },
    });
  } finally {
    await endSession(url, opened, options);
  }
}

async function openStream(url: URL, { fetch, headers, signal }: InitializeOptions): Promise<StreamFound> {
  const leave = new AbortController();
  const started = performance.now();
  const passed = (): number => Math.round(performance.now() - started);
  let openMs: number | undefined;
  let timer = setTimeout(() => leave.abort(), OPEN_MS);
  try {
    const response = await fetch(url, {
      headers: { ...headers, accept: 'text/event-stream' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, leave.signal]),
    });
    clearTimeout(timer);
    if (!response.ok)
      return { kind: 'none', reason: `GET is answered with ${response.status}: it has no stream of its own` };
    if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null)
      return { kind: 'none', reason: 'GET is answered with no stream' };
    openMs = passed();
    timer = setTimeout(() => leave.abort(), FIRST_BYTES_MS);
    const { done } = await response.body.getReader().read();
    return done ? { kind: 'none', reason: 'the stream ends at once' } : { kind: 'event', ms: passed() };
  } catch (error) {
    if (!leave.signal.aborted) throw error;
    return openMs === undefined ? { kind: 'withheld', ms: OPEN_MS } : { kind: 'silent', ms: openMs };
  } finally {
    clearTimeout(timer);
    leave.abort();
  }
}
