import type { FetchLike } from '@modelcontextprotocol/client';

/** What happened to the stream that was to bring an answer. */
export interface EndedStream {
  /** The JSON-RPC id that the stream was opened for. */
  readonly id: string | number;
  /** Whether an event id was seen: then the transport resumes it (Streamable HTTP, "Resumability and Redelivery"). */
  readonly resumable: boolean;
}

export interface StreamListener {
  /** The answer to this request comes on a stream. */
  streamOpened?(id: string | number): void;
  streamEnded?(stream: EndedStream): void;
}

/**
 * A fetch that tells when the event stream of a POST has ended. The SDK's transport is silent about a stream
 * that ends without an answer and without an event id, and its caller would wait for the timeout.
 */
export function watchStreams(fetchFn: FetchLike, listener: StreamListener): FetchLike {
  return async (url, init) => {
    const response = await fetchFn(url, init);
    const id = idOf(init?.body);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (id === undefined || !isStream || !response.ok || response.body === null) return response;
    listener.streamOpened?.(id);
    let resumable = false;
    const body = passThrough(
      response.body,
      (chunk) => {
        // An `id` line; a chunk that begins in the middle of one is unlikely, and the next event has one again.
        resumable ||= /(^|\n)id:/.test(chunk);
      },
      // A stream that was given up brings no answer that anybody waits for.
      () => init?.signal?.aborted !== true && listener.streamEnded?.({ id, resumable }),
    );
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}

function idOf(body: unknown): string | number | undefined {
  if (typeof body !== 'string') return undefined;
  const message = JSON.parse(body) as { id?: unknown; method?: unknown };
  const isRequest = message.method !== undefined && (typeof message.id === 'string' || typeof message.id === 'number');
  return isRequest ? (message.id as string | number) : undefined;
}

function passThrough(
  source: ReadableStream<Uint8Array>,
  onChunk: (text: string) => void,
  onEnd: () => unknown,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  const decoder = new TextDecoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          onChunk(decoder.decode(value, { stream: true }));
          controller.enqueue(value);
          return;
        }
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      onEnd();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
