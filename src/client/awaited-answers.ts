import { ClientError } from './errors.js';
import { QUESTIONS_AT_ONCE, asksTooMuch } from './questions.js';
import type { TraceListener } from './trace.js';
import type { EndedStream } from './watch-streams.js';

type Id = string | number;

/** What a server may tell and ask while it owes answers and gives none: without a bound, its progress would keep a call alive for ever. */
const NOTIFICATIONS_WITHOUT_ANSWER = 100_000;
const QUESTIONS_WITHOUT_ANSWER = 1_000;

/**
 * The requests that wait for an answer on one connection, and what is known of the streams that were to bring it.
 * Once no answer can come any more, `broken` is aborted with the reason.
 */
export class AwaitedAnswers {
  private readonly waiting = new Set<Id>();
  /** Those whose stream has ended; the transport is trying to resume it. */
  private readonly orphaned = new Set<Id>();
  private readonly breaker = new AbortController();
  private notifications = 0;
  private questions = 0;

  get broken(): AbortSignal {
    return this.breaker.signal;
  }

  /** Follows the traffic. */
  readonly listen: TraceListener = (direction, message) => {
    const { id, method } = message as { id?: Id; method?: string };
    if (direction === 'received' && method !== undefined) this.count(id === undefined);
    if (direction === 'received' && asksTooMuch(message))
      this.failWith(new ClientError('answer', `The server asks more than ${QUESTIONS_AT_ONCE} questions at once`));
    if (id === undefined) return;
    // The answer to a listen is its end.
    if (direction === 'sent' && method !== undefined && method !== 'subscriptions/listen') this.waiting.add(id);
    if (direction === 'received' && method === undefined) {
      this.waiting.delete(id);
      this.orphaned.delete(id);
      this.notifications = this.questions = 0;
    }
  };

  private count(isNotification: boolean): void {
    if (isNotification) this.notifications++;
    else this.questions++;
    if (this.notifications > NOTIFICATIONS_WITHOUT_ANSWER)
      this.failWith(
        new ClientError(
          'answer',
          `The server sent more than ${NOTIFICATIONS_WITHOUT_ANSWER} notifications, and no answer`,
        ),
      );
    if (this.questions > QUESTIONS_WITHOUT_ANSWER)
      this.failWith(
        new ClientError(
          'answer',
          `The server asked more than ${QUESTIONS_WITHOUT_ANSWER} questions, and gave no answer`,
        ),
      );
  }

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
    this.failWith(
      new ClientError('unreachable', message, {
        cause,
        hint: 'See the log of the server: it may have ended in the middle of the call.',
      }),
    );
  }

  failWith(error: ClientError): void {
    if (this.waiting.size > 0) this.breaker.abort(error);
  }
}
