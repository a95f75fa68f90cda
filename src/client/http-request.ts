import type { FetchLike } from '@modelcontextprotocol/client';

/** One HTTP request, as it is about to be sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back, before its body is read; of an error also the beginning of the body. */
export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Characters of an error's body that are shown. */
const SHOWN_BODY = 4_000;

/** A fetch that shows every request before it is sent, and every answer before it is read. */
export function observeFetch(
  fetchFn: FetchLike,
  onRequest?: (request: HttpRequest) => void,
  onAnswer?: (answer: HttpAnswer) => void,
): FetchLike {
  return async (url, init = {}) => {
    onRequest?.(requestOf(url, init));
    const response = await fetchFn(url, init);
    if (onAnswer === undefined) return response;
    const { ok, status } = response;
    const body = ok ? undefined : await beginningOf(response.clone());
    onAnswer({ status, headers: Object.fromEntries(response.headers), body });
    return response;
  };
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > SHOWN_BODY) return `${text.slice(0, SHOWN_BODY)}…`;
  }
  return text;
}

/** The request that a fetch would send. Bodies that are not text are left out: MCP sends none. */
export function requestOf(url: string | URL, init: RequestInit): HttpRequest {
  const headers = Object.fromEntries(new Headers(init.headers as Record<string, string> | undefined));
  const body =
    typeof init.body === 'string' ? init.body : init.body instanceof URLSearchParams ? init.body.toString() : undefined;
  return { method: (init.method ?? 'GET').toUpperCase(), url: String(url), headers, body };
}
