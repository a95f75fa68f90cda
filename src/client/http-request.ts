import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';

/** One HTTP request, as it is about to be sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A fetch that shows every request before it is sent. */
export function observeFetch(fetchFn: FetchLike, onRequest: (request: HttpRequest) => void): FetchLike {
  return (url, init = {}) => {
    onRequest(requestOf(url, init));
    return fetchFn(url, init);
  };
}

/** The request that a fetch would send. Bodies that are not text are left out: MCP sends none. */
export function requestOf(url: string | URL, init: RequestInit): HttpRequest {
  const headers = Object.fromEntries(new Headers(init.headers as Record<string, string> | undefined));
  const body =
    typeof init.body === 'string' ? init.body : init.body instanceof URLSearchParams ? init.body.toString() : undefined;
  return { method: (init.method ?? 'GET').toUpperCase(), url: String(url), headers, body };
}
