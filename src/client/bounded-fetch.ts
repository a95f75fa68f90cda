import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FetchLike } from '@modelcontextprotocol/client';
import { MESSAGE_BYTES, MessageMeter } from './message-meter.js';
import type { TooMuchError } from './message-meter.js';

/** Statuses beyond are no HTTP, and no `Response` can be made of them. */
const HIGHEST_STATUS = 599;
/** Bytes of the body of an error: the rest is left out. */
const ERROR_BYTES = 64_000;

/**
 * A fetch whose answers end with a {@link TooMuchError} where they hold more than this client is willing to: of an event stream each
 * event counts by itself, and `onTooMuch` is told, because its reader may ask for more as after any break. The body of an error is cut off.
 */
export function boundedFetch(
  fetchFn: FetchLike,
  onTooMuch: (error: TooMuchError) => void = () => undefined,
  messageBytes = MESSAGE_BYTES,
): FetchLike {
  return async (url, init) => {
    const response = await fetchFn(url, init);
    const { ok, status, statusText, headers } = response;
    if (response.body === null || status > HIGHEST_STATUS) return response;
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true;
    const bound = !ok ? cutOff(ERROR_BYTES) : isStream ? events(messageBytes, onTooMuch) : measured(messageBytes);
    const bounded = new Response(response.body.pipeThrough(bound), { status, statusText, headers });
    return Object.assign(bounded, { json: () => jsonOf(bounded) });
  };
}

/** What the platform does, but for the bytes: it holds all of them twice beside the text. */
async function jsonOf({ body }: Response): Promise<unknown> {
  let text = '';
  if (body) for await (const part of body.pipeThrough(new TextDecoderStream())) text += part;
  return JSON.parse(text);
}

type Bound = TransformStream<Uint8Array, Uint8Array>;

function cutOff(bytes: number): Bound {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.byteLength;
      if (left <= 0) controller.terminate();
    },
  });
}

function measured(bytes: number): Bound {
  const meter = new MessageMeter(bytes);
  return new TransformStream({
    transform(chunk, controller) {
      meter.add(chunk);
      controller.enqueue(chunk);
    },
  });
}

function events(bytes: number, onTooMuch: (error: TooMuchError) => void): Bound {
  const meter = new EventMeter(new MessageMeter(bytes));
  return new TransformStream({
    async transform(chunk, controller) {
      try {
        meter.add(chunk);
      } catch (error) {
        onTooMuch(error as TooMuchError);
        throw error;
      }
      controller.enqueue(chunk);
      // Else a server that is faster than this process has it read megabytes of small events before it looks at its timers and at Ctrl-C.
      await nextTurn();
    },
  });
}

const [LF, CR] = [0x0a, 0x0d];

/** Measures each event by itself: it ends with an empty line (HTML Standard, "Interpreting an event stream"). */
class EventMeter {
  /** The two bytes before the chunk. */
  private before = [LF, LF];

  constructor(private readonly message: MessageMeter) {}

  add(chunk: Uint8Array): void {
    const byteAt = (index: number): number => chunk[index] ?? this.before[index + 2] ?? LF;
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      const isEmpty = byteAt(at - 1) === LF || (byteAt(at - 1) === CR && byteAt(at - 2) === LF);
      if (!isEmpty) continue;
      this.message.add(chunk.subarray(from, at + 1));
      this.message.reset();
      from = at + 1;
    }
    this.message.add(chunk.subarray(from));
    this.before = [byteAt(chunk.length - 2), byteAt(chunk.length - 1)];
  }
}
