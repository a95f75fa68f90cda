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
  readonly method: string;
  /** From the request to the headers of the answer. */
  readonly ms: number;
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
  onStreamLine?: (line: string) => void,
): FetchLike {
  return async (url, init = {}) => {
    const request = requestOf(url, init);
    const { method } = request;
    onRequest?.(request);
    const sentAt = performance.now();
    const response = await fetchFn(url, init);
    if (onAnswer === undefined) return response;
    const { ok, status } = response;
    const body = ok ? undefined : await beginningOf(response.clone());
    const ms = Math.round(performance.now() - sentAt);
    onAnswer({ method, ms, status, headers: Object.fromEntries(response.headers), body });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (onStreamLine === undefined || !ok || !isStream || response.body === null) return response;
    const { statusText, headers } = response;
    return new Response(showLines(response.body, method, onStreamLine), { status, statusText, headers });
  };
}

/** Characters of one line of a stream that are looked at: what is of interest is short. */
const STREAM_LINE = 500;

/** Shows what an event stream holds beside its messages: ids, `retry`, names of events, comments, and its end. */
function showLines(body: ReadableStream<Uint8Array>, method: string, show: (line: string) => void): typeof body {
  const decoder = new TextDecoder();
  const openedAt = performance.now();
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split(/\r?\n/);
    rest = (lines.pop() ?? '').slice(0, STREAM_LINE);
    for (const line of lines) if (/^(?:id|retry|event:(?! ?message$)|:)/.test(line)) show(line.slice(0, STREAM_LINE));
  };
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        take(decoder.decode(chunk, { stream: true }));
        controller.enqueue(chunk);
      },
      flush: () => show(`(the stream of the ${method} ended after ${Math.round(performance.now() - openedAt)} ms)`),
    }),
  );
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
