import { BodyTooLargeError } from '../../net/body.js';

/** Events of a stream as they come. Throws a {@link BodyTooLargeError} past so many bytes; the stream is left where the loop over it is. */
export async function* eventsIn(
  body: ReadableStream<Uint8Array> | null,
  bytes: number,
): AsyncGenerator<{ readonly id: string; readonly data: string }> {
  let text = '';
  for await (const piece of textIn(body, bytes)) {
    const events = (text + piece).split(/\r?\n\r?\n/);
    text = events.pop() ?? '';
    for (const event of events)
      yield {
        id: /^id: ?(.*)$/m.exec(event)?.[1] ?? '',
        data: event.replace(/^(?!data:).*$/gm, '').replace(/^data: ?/gm, ''),
      };
  }
}

/** The text of a body, piece by piece. Throws a {@link BodyTooLargeError} past so many bytes. */
export async function* textIn(body: ReadableStream<Uint8Array> | null, bytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > bytes) throw new BodyTooLargeError(bytes);
    yield decoder.decode(chunk, { stream: true });
  }
}
