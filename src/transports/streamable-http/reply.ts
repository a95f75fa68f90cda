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
/** Notifications that may wait before whoever sends another one has to: what waits together is logged together. */
const AHEAD = 32;
/** Messages that are logged together at most. */
const BATCH_MESSAGES = 64;
/** Characters beyond which nothing is added to what is logged together. */
const BATCH_CHARACTERS = 250_000;

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

/** Messages that are logged together, because they came while the log was busy. */
interface Batch {
  readonly messages: Sent[];
  characters: number;
  /** Whether the response ends with them: nothing is added then. */
  last: boolean;
  /** Resolves when they are written, or were found to have no stream. */
  written: Promise<void>;
}

/** A notification, a question or an answer, whose message is its text. */
type Sent = Pick<Answer, 'text'> | Answer;

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
  /** What the next message is added to. */
  private batch: Batch | undefined;

  constructor(
    private readonly res: Outgoing,
    private readonly options: ReplyOptions,
  ) {
    const { accept, patience } = options;
    res.on('close', () => this.lost());
    // Its client may have left while it waited for its turn. Told later, when whoever makes the reply has it.
    if (res.destroyed) queueMicrotask(() => this.lost());
    if (!accept.json) this.upgrade();
    else if (accept.events) patience.add(this);
  }

  /**
   * Sends a notification, or a question of the server's. A question resolves when it is logged and written, a notification too where
   * {@link AHEAD} others wait: so a slow reader, or a slow store, slows its handler. A client that accepts
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
    const written = this.emit({ text }, false);
    if (kind === 'notification' && this.queued <= AHEAD) return this.detached(written);
    await written;
    // The stream could not begin, so there is none to ask on.
    if (kind === 'question' && !this.stream) throw new StoreUnavailableError();
  }

  /** Sends the answer to one of the requests; the last one ends the response. On a stream, resolves when it is logged and written. */
  answer(answer: Answer, last: boolean): Promise<void> | undefined {
    if (this.mode === 'events') return this.emit(answer, last);
    if (this.mode === 'json') this.keep(answer, last);
    return undefined;
  }

  /** Ends the response without a further answer: those requests that are left will get none. */
  async finish(): Promise<void> {
    if (this.mode === 'json') this.sendJson();
    else if (this.mode === 'events') {
      await this.enqueue(async () => {
        if (!this.stream) return this.sendJson();
        await this.options.log?.append([''], true);
        this.end();
      });
    }
  }

  /** Closes the connection of a resumable stream; what follows is logged, and the client comes back for it (SEP-1699). */
  closeEarly(): void {
    const { accept, log, priming } = this.options;
    if (!log || !priming || !accept.events || this.mode === 'done') return;
    this.upgrade();
    // What comes from now on is not written before.
    this.batch = undefined;
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
    const answers = this.answers.splice(0);
    if (answers.length > 0) await this.write(answers, false);
  }

  /** Sends a message on the stream, with those that wait like it. */
  private emit(message: Sent, last: boolean): Promise<void> {
    this.queued += 1;
    const batch = this.batch && hasRoom(this.batch) ? this.batch : this.nextBatch();
    batch.messages.push(message);
    batch.characters += message.text.length;
    batch.last = last;
    return batch.written;
  }

  private nextBatch(): Batch {
    const batch: Batch = { messages: [], characters: 0, last: false, written: Promise.resolve() };
    this.batch = batch;
    batch.written = this.enqueue(() => {
      if (this.batch === batch) this.batch = undefined;
      return this.write(batch.messages, batch.last);
    }).finally(() => (this.queued -= batch.messages.length));
    return batch;
  }

  /** Logs and writes messages; where there is no stream, their answers leave as JSON. */
  private async write(messages: readonly Sent[], last: boolean): Promise<void> {
    const { stream } = this;
    if (!stream) {
      const answers = messages.filter((message) => 'id' in message);
      for (const [index, answer] of answers.entries()) this.keep(answer, last && index === answers.length - 1);
      return;
    }
    const texts = messages.map(({ text }) => text);
    const ids = await this.options.log?.append(texts, last);
    for (const [index, text] of texts.entries()) {
      const taken = stream.send(text, ids?.[index]);
      // The end does not wait for its reader.
      if (!last || index < texts.length - 1) await taken;
    }
    if (last) this.end();
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
      batch ? `[${this.answers.map(({ text }) => text).join(',')}]` : (only.bytes?.() ?? only.text),
      headers,
    );
  }

  /** Runs one step after the other, so that events are logged and written in the order in which they were sent. */
  private enqueue(step: () => Promise<void>): Promise<void> {
    const run = this.queue.then(step);
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

function hasRoom({ messages, characters, last }: Batch): boolean {
  return !last && messages.length < BATCH_MESSAGES && characters < BATCH_CHARACTERS;
}
