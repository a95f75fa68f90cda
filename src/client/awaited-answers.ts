import { ClientError } from './errors.js';
import type { TraceListener } from './trace.js';
import type { EndedStream } from './watch-streams.js';

type Id = string | number;

/**
 * The requests that wait for an answer on one connection, and what is known of the streams that were to bring it.
 * Once no answer can come any more, `broken` is aborted with the reason.
 */
export class AwaitedAnswers {
  private readonly waiting = new Set<Id>();
  /** Those whose stream has ended; the transport is trying to resume it. */
  private readonly orphaned = new Set<Id>();
  private readonly breaker = new AbortController();

  get broken(): AbortSignal {
    return this.breaker.signal;
  }

  /** Follows the traffic. */
  readonly listen: TraceListener = (direction, message) => {
    const { id, method } = message as { id?: Id; method?: string };
    if (id === undefined) return;
    // The answer to a listen is its end.
    if (direction === 'sent' && method !== undefined && method !== 'subscriptions/listen') this.waiting.add(id);
    if (direction === 'received' && method === undefined) {
      this.waiting.delete(id);
      this.orphaned.delete(id);
    }
  };

  /** A stream has ended. The answer may be in its last bytes, so the judgement waits until those are read. */
  streamEnded({ id, resumable }: EndedStream): void {
    setImmediate(() => {
      if (!this.waiting.has(id)) return;
      if (resumable) this.orphaned.add(id);
      else this.fail('The server closed the stream before it answered');
    });
  }

  /** The transport has given up to resume. Streams that no request waits for don't matter. */
  resumptionFailed(): void {
    if (this.orphaned.size > 0) this.fail('The stream broke before the answer came, and could not be resumed');
  }

  /** Ends the waiting, where there is any. */
  fail(message: string, cause?: unknown): void {
    if (this.waiting.size > 0)
      this.breaker.abort(
        new ClientError('unreachable', message, {
          cause,
          hint: 'See the log of the server: it may have ended in the middle of the call.',
        }),
      );
  }
}
