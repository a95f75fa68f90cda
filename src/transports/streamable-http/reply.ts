import type { Outgoing } from '../../http/message.js';
import { sendText } from '../../http/send.js';
import type { Answer } from '../../protocol/answer.js';
import { UnaskableClientError } from '../../protocol/errors.js';
import type { RequestId } from '../../rpc/messages.js';
import { StoreUnavailableError } from '../../sessions/errors.js';
import type { EventStreamOptions } from '../event-stream.js';
import { EventStream } from '../event-stream.js';
import type { Acceptable } from './accept.js';
import type { Patience } from '../../net/patience.js';
import type { StatusOf } from './status.js';
import type { StreamLog } from './stream-log.js';

/** Messages that may wait to be logged; beyond it a handler sends faster than the store takes. */
const QUEUE_LIMIT = 1_000;

export interface ReplyOptions {
  readonly accept: Acceptable;
  /** The HTTP status of an answer that goes out alone, as JSON. */
  readonly statusOf: StatusOf;
  /** Whether the answers go out as an array. */
  readonly batch: boolean;
  /** The requests to be answered. */
  readonly ids: readonly RequestId[];
  /** Whether the client understands priming events. */
  readonly priming: boolean;
  /** How long to wait for the answers before the response becomes a stream. */
  readonly patience: Patience<Reply>;
  /** Where the events of the stream are kept; absent when stateless. */
  readonly log?: StreamLog;
  readonly stream: EventStreamOptions;
  /** The client is gone and nothing that is sent from now on can reach it. */
  readonly onLost?: () => void;
  /** A step that nobody waits for has failed. */
  readonly onError: (error: unknown) => void;
}

/**
 * The HTTP response to the requests of one POST. JSON first: the answers leave as one JSON body. It becomes a stream of
 * events only when it must, and a stream of a session outlives its connection: events are logged before they are written.
 */
export class Reply {
  private readonly answers: Answer[] = [];
  private mode: 'json' | 'events' | 'done' = 'json';
  private stream: EventStream | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private queued = 0;

  constructor(
    private readonly res: Outgoing,
    private readonly options: ReplyOptions,
  ) {
    const { accept, patience } = options;
    res.once('close', () => this.lost());
    // Its client may have left while it waited for its turn. Told later, when whoever makes the reply has it.
    if (res.destroyed) queueMicrotask(() => this.lost());
    if (!accept.json) this.upgrade();
    else if (accept.events) patience.add(this);
  }

  /**
   * Sends a notification, or a question of the server's. Resolves when it is logged and written. A client that accepts
   * only JSON, or is gone, gets neither: a notification is dropped, a question rejected.
   */
  async push(text: string, kind: 'notification' | 'question'): Promise<void> {
    const { events } = this.options.accept;
    if (!events || this.mode === 'done') {
      const why = events ? 'is gone' : 'accepts only JSON';
      if (kind === 'question') throw new UnaskableClientError(`The client ${why}, so it cannot be asked anything`);
      return;
    }
    if (this.queued >= QUEUE_LIMIT) throw new Error(`More than ${QUEUE_LIMIT} messages wait for the session store`);
    this.upgrade();
    await this.enqueue(async () => {
      if (this.stream) return this.emit(text, false);
      // The stream could not begin, so there is none to ask on.
      if (kind === 'question') throw new StoreUnavailableError();
    });
  }

  /** Sends the answer to one of the requests; the last one ends the response. */
  async answer(answer: Answer, last: boolean): Promise<void> {
    if (this.mode === 'json') this.keep(answer, last);
    else if (this.mode === 'events')
      await this.enqueue(async () => (this.stream ? this.emit(answer.text, last) : this.keep(answer, last)));
  }

  /** Ends the response without a further answer: those requests that are left will get none. */
  async finish(): Promise<void> {
    if (this.mode === 'json') this.sendJson();
    else if (this.mode === 'events') {
      await this.enqueue(async () => {
        if (!this.stream) return this.sendJson();
        await this.options.log?.append('', true);
        this.end();
      });
    }
  }

  /** Closes the connection of a resumable stream; what follows is logged, and the client comes back for it (SEP-1699). */
  closeEarly(): void {
    const { accept, log, priming } = this.options;
    if (!log || !priming || !accept.events || this.mode === 'done') return;
    this.upgrade();
    this.detached(this.enqueue(async () => this.stream?.end(true)));
  }

  /** Becomes a stream, where it is not one and the answers have not left. */
  upgrade(): void {
    if (this.mode !== 'json') return;
    this.options.patience.delete(this);
    this.mode = 'events';
    this.detached(this.enqueue(() => this.begin()));
  }

  private async begin(): Promise<void> {
    const { log, ids, priming, stream } = this.options;
    // What was kept for want of a stream may have been the last answer.
    if (this.mode !== 'events') return;
    let first: string | undefined;
    try {
      first = await log?.open(ids);
    } catch (error) {
      // Without its log the stream could not be resumed. The answers still leave, as JSON.
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.mode = 'json';
      return;
    }
    this.stream = new EventStream(this.res, stream);
    if (priming && first !== undefined) this.stream.prime(first);
    for (const { text } of this.answers.splice(0)) await this.emit(text, false);
  }

  private async emit(text: string, last: boolean): Promise<void> {
    const id = await this.options.log?.append(text, last);
    const taken = this.stream?.send(text, id);
    if (last) this.end();
    else await taken;
  }

  private keep(answer: Answer, last: boolean): void {
    this.answers.push(answer);
    if (last) this.sendJson();
  }

  private end(): void {
    this.mode = 'done';
    this.stream?.end();
  }

  private sendJson(): void {
    this.options.patience.delete(this);
    this.mode = 'done';
    if (this.res.destroyed || this.res.headersSent) return;
    const [only] = this.answers;
    if (!only) {
      this.res.writeHead(202).end();
      return;
    }
    const { batch, statusOf } = this.options;
    const [status, headers] = batch ? [200, undefined] : statusOf(only);
    sendText(
      this.res,
      status,
      'application/json',
      batch ? `[${this.answers.map(({ text }) => text).join(',')}]` : only.text,
      headers,
    );
  }

  /** Runs one step after the other, so that events are logged and written in the order in which they were sent. */
  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queued += 1;
    const run = this.queue.then(step).finally(() => (this.queued -= 1));
    this.queue = run.catch(() => undefined);
    return run;
  }

  /** For steps that nobody waits for. */
  private detached(step: Promise<void>): void {
    step.catch((error: unknown) => this.options.onError(error));
  }

  private lost(): void {
    this.options.patience.delete(this);
    if (this.mode === 'done') return;
    // Nobody holds an event id of a response that has not become a stream: nothing of it could be resumed.
    if (this.mode === 'json') this.mode = 'done';
    if (!this.options.log) this.options.onLost?.();
  }
}
