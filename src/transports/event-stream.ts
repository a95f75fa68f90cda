import type { Outgoing } from '../http/message.js';
import type { Metrics } from '../metrics.js';
import type { KeepAlive, Ticking } from './keep-alive.js';

/** Bytes that a client may leave unread and be sent more; one that leaves more is cut off, and resumes what it missed. */
export const SLOW_READER_BYTES = 250_000;
/** How long a client should wait before it comes back, ms: the `retry` of priming events and of streams that end early. */
export const RETRY_MS = 1_000;

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  // Asks nginx not to buffer; other proxies ignore it.
  'X-Accel-Buffering': 'no',
};

export interface EventStreamOptions {
  keepAlive: KeepAlive;
  metrics: Metrics;
  /** Called once, when the connection is gone or the stream has ended. */
  onClose?: () => void;
  /** Called at every keep-alive. */
  onTick?: () => void;
}

/**
 * A response that carries server-sent events (HTML, 9.2.5). Never holds more than {@link SLOW_READER_BYTES} and one message,
 * of whatever size: a large one must reach a client that reads.
 */
export class EventStream implements Ticking {
  private open = true;
  private draining: Promise<void> | undefined;

  /** Writes the head at once, so that the client knows where it is before the first event. */
  constructor(
    private readonly res: Outgoing,
    private readonly options: EventStreamOptions,
  ) {
    res.writeHead(200, HEADERS);
    res.flushHeaders();
    res.once('close', () => this.closed());
    options.metrics.streamOpened();
    options.keepAlive.add(this);
    // Told later, when whoever makes the stream has it.
    if (res.destroyed) queueMicrotask(() => this.closed());
  }

  get isOpen(): boolean {
    return this.open;
  }

  /**
   * Writes one event; `message` is serialized JSON, which holds no line ends. Resolves when the client has taken most of
   * what was written, or is gone.
   */
  async send(message: string, id?: string, event = 'message'): Promise<void> {
    this.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${message}\n\n`);
    if (this.open && this.res.writableNeedDrain) await (this.draining ??= this.drained());
  }

  /** An event without a message: an id to resume from, and how long to wait before (SEP-1699). */
  prime(id: string): void {
    this.write(`id: ${id}\nretry: ${RETRY_MS}\ndata: \n\n`);
  }

  /** Resolves when all that was sent has left this process, or nobody is left to read it. */
  flushed(): Promise<void> {
    return new Promise((resolve) => (this.open ? this.res.write('', () => resolve()) : resolve()));
  }

  tick(): void {
    this.write(': keep-alive\n\n');
    this.options.onTick?.();
  }

  /** Ends the response. `early` says that there is more to come: the client is told when to come back. */
  end(early = false): void {
    if (!this.open) return;
    if (early) this.write(`retry: ${RETRY_MS}\n\n`);
    this.res.end();
    this.closed();
  }

  private write(text: string): void {
    if (!this.open) return;
    if (this.res.writableLength <= SLOW_READER_BYTES) {
      this.res.write(text);
      return;
    }
    this.res.destroy();
    this.closed();
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.res.off('drain', done).off('close', done);
        this.draining = undefined;
        resolve();
      };
      this.res.once('drain', done).once('close', done);
    });
  }

  private closed(): void {
    if (!this.open) return;
    this.open = false;
    this.options.keepAlive.delete(this);
    this.options.metrics.streamClosed();
    this.options.onClose?.();
  }
}
