import { latestVersion } from '../rpc/versions.js';
/** A handshake of one request, for what the client library doesn't show: the headers of the answer. */
const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: latestVersion, capabilities: {}, clientInfo: { name: 'mcp-calc-doctor', version: '1' } },
});

export interface InitializeOptions {
  readonly fetch: typeof fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Posts `initialize`. The caller reads or cancels the body, and ends the session with {@link endSession}. */
export function postInitialize(url: URL, { fetch, headers, signal }: InitializeOptions): Promise<Response> {
  const own = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  return fetch(url, { method: 'POST', headers: { ...own, ...headers }, body: INITIALIZE, redirect: 'manual', signal });
}

/** Ends the session that an answer to `initialize` opened, where it did; that it fails is no matter. */
export async function endSession(
  url: URL,
  answer: Response,
  { fetch, headers, signal }: InitializeOptions,
): Promise<void> {
  const id = answer.headers.get('mcp-session-id');
  if (id === null) return;
  const ended = await fetch(url, {
    method: 'DELETE',
    headers: { ...headers, 'mcp-session-id': id },
    redirect: 'manual',
    signal,
  }).catch(() => undefined);
  await ended?.body?.cancel().catch(() => undefined);
}
