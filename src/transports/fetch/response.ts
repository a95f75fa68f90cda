import type { OutgoingHttpHeaders } from 'node:http';
import type { Outgoing } from '../../http/message.js';
import type { FetchRequest } from './request.js';

/** Bytes that may wait for the reader before who writes is to wait: as many as Node has it. */
const HIGH_WATER_BYTES = 16_384;
/** For a client that has left before it was answered: nobody sees it. */
const CLIENT_GONE = 499;
/** Statuses whose answer has no body (Fetch, "null body status"). */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

const encoder = new TextEncoder();

type Value = number | string | readonly string[];

/** Lets what writes to a response of Node's write a web response: {@link FetchResponse.answered} resolves to it once its head is known. */
export class FetchResponse implements Outgoing {
  readonly answered: Promise<Response>;
  /** Resolves when the answer has ended, or nobody is left to read it. */
  readonly closed: Promise<void>;
  headersSent = false;
  destroyed = false;
  statusCode = 200;

  private readonly headers = new Headers();
  private readonly listeners = { close: new Set<() => void>(), drain: new Set<() => void>() };
  private body: ReadableStreamDefaultController<Uint8Array> | undefined;
  private respond: (response: Response) => void = () => undefined;

  constructor(readonly req: FetchRequest) {
    this.answered = new Promise((resolve) => (this.respond = resolve));
    this.closed = new Promise((resolve) => this.once('close', resolve));
    const { signal } = req.request;
    if (signal.aborted) queueMicrotask(() => this.destroy());
    else signal.addEventListener('abort', () => this.destroy(), { once: true });
  }

  get writableLength(): number {
    return this.body ? HIGH_WATER_BYTES - (this.body.desiredSize ?? HIGH_WATER_BYTES) : 0;
  }

  get writableNeedDrain(): boolean {
    return this.writableLength >= HIGH_WATER_BYTES;
  }

  getHeader(name: string): string | undefined {
    return this.headers.get(name) ?? undefined;
  }

  setHeader(name: string, value: Value): void {
    this.headers.set(name, asText(value));
  }

  appendHeader(name: string, value: Value): void {
    this.headers.append(name, asText(value));
  }

  writeHead(status: number, headers: OutgoingHttpHeaders = {}): this {
    this.statusCode = status;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value);
    return this;
  }

  /** Answers with a stream, whatever comes when. */
  flushHeaders(): void {
    if (this.headersSent || this.destroyed) return;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.body = controller),
        pull: () => this.emit('drain'),
        cancel: () => this.over(),
      },
      { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
    );
    this.send(stream);
  }

  /** What is written is as good as sent: who reads it takes it from here. */
  write(text: string | Uint8Array, written?: () => void): boolean {
    if (!this.destroyed) {
      this.flushHeaders();
      if (text.length > 0) this.body?.enqueue(typeof text === 'string' ? encoder.encode(text) : text);
    }
    written?.();
    return !this.writableNeedDrain;
  }

  end(text: string | Uint8Array = ''): void {
    if (this.destroyed) return;
    if (this.headersSent) {
      this.write(text);
      this.body?.close();
      this.body = undefined;
    } else {
      this.send(text.length === 0 ? null : text);
    }
    queueMicrotask(() => this.over());
  }

  /** Cuts the answer off. */
  destroy(): void {
    if (this.destroyed) return;
    // An error that nobody is left to read would be written to the log by some runtimes (Deno), with its stack.
    if (this.headersSent && this.req.request.signal.aborted) this.body?.close();
    else if (this.headersSent) this.body?.error(new Error('The answer was cut off'));
    else {
      this.statusCode = CLIENT_GONE;
      this.send(null);
    }
    this.over();
  }

  on(event: 'close', listener: () => void): this {
    return this.once(event, listener);
  }

  once(event: 'close' | 'drain', listener: () => void): this {
    this.listeners[event].add(listener);
    return this;
  }

  off(event: 'close' | 'drain', listener: () => void): this {
    this.listeners[event].delete(listener);
    return this;
  }

  private send(body: string | Uint8Array | ReadableStream<Uint8Array> | null): void {
    this.headersSent = true;
    const { statusCode: status, headers } = this;
    this.respond(new Response(NO_BODY.has(status) ? null : body, { status, headers }));
  }

  private over(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  private emit(event: 'close' | 'drain'): void {
    const told = [...this.listeners[event]];
    this.listeners[event].clear();
    for (const listener of told) listener();
  }
}

function asText(value: Value): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
