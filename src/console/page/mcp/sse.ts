import { readEvents } from './events.js';
import type { Authorize } from './incoming.js';
import { replyTo, send, takeNotification } from './incoming.js';
import type { CallOptions, Client, Message, Params } from './messages.js';
import { CAPABILITIES, CLIENT_INFO, resultOf } from './messages.js';

/** What HTTP+SSE belongs to. */
const VERSION = '2024-11-05';
const STREAM = '/sse';

interface Waiting {
  readonly options: CallOptions;
  resolve(message: Message): void;
  reject(error: Error): void;
}

/** A client of the legacy HTTP+SSE transport: one stream for all that comes, and a POST for all that goes. */
export class SseClient implements Client {
  readonly era = 'legacy';
  readonly label = `${VERSION}, HTTP+SSE`;
  readonly canCut = false;
  greeting: Params = {};
  private endpoint = '';
  private count = 0;
  private readonly waiting = new Map<string | number, Waiting>();
  private readonly closed = new AbortController();

  private constructor(
    private readonly authorize: Authorize,
    private readonly options: CallOptions,
  ) {}

  static async connect(authorize: Authorize, options: CallOptions): Promise<SseClient> {
    const client = new SseClient(authorize, options);
    await client.open();
    const params = { protocolVersion: VERSION, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
    client.greeting = await client.request('initialize', params, options);
    await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' }, options);
    return client;
  }

  async request(method: string, params: Params, options: CallOptions): Promise<Params> {
    const id = (this.count += 1);
    const answered = new Promise<Message>((resolve, reject) => this.waiting.set(id, { options, resolve, reject }));
    answered.catch(() => undefined);
    const onAbort = () => {
      void this.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }, options);
      this.waiting.get(id)?.reject(new DOMException('cancelled', 'AbortError'));
    };
    options.signal.addEventListener('abort', onAbort);
    try {
      await this.post({ jsonrpc: '2.0', id, method, params: { ...params, _meta: { progressToken: id } } }, options);
      return resultOf(await answered);
    } finally {
      this.waiting.delete(id);
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  close(): void {
    this.closed.abort();
  }

  /** Resolves when the server has named the address to post to. */
  private async open(): Promise<void> {
    const headers = { accept: 'text/event-stream', ...this.authorize() };
    const response = await send({ path: STREAM, method: 'GET', headers }, this.closed.signal, this.options.trace);
    if (!response.ok) throw new Error(`GET ${STREAM} was answered with ${response.status}`);
    const events = readEvents(response);
    const first = await events.next();
    this.endpoint = (!first.done && first.value.data) || '';
    if (!this.endpoint.startsWith('/')) throw new Error('The server has named no address to post to');
    void this.follow(events).catch((error: unknown) => this.lose(error));
  }

  private async follow(events: AsyncIterable<{ data?: string }>): Promise<void> {
    for await (const { data } of events) {
      if (!data) continue;
      const message = JSON.parse(data) as Message;
      const options = this.optionsFor(message);
      options.trace({ at: Date.now(), direction: 'in', title: 'event', body: message });
      if (message.method === undefined) this.waiting.get(message.id ?? '')?.resolve(message);
      else if (message.id === undefined) takeNotification(message, options);
      else void this.reply(message, options);
    }
    this.lose(new Error('The server has closed the stream'));
  }

  /** Which call a message belongs to: its answer and its progress say so, all else is taken for the newest's. */
  private optionsFor({ id, method, params }: Message): CallOptions {
    const about = method === undefined ? id : params?.progressToken;
    const call = this.waiting.get(about as number) ?? [...this.waiting.values()].at(-1);
    return call?.options ?? this.options;
  }

  private lose(error: unknown): void {
    for (const { reject } of this.waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
  }

  private async reply(question: Message, options: CallOptions): Promise<void> {
    await this.post({ jsonrpc: '2.0', id: question.id, ...(await replyTo(question, options)) }, options);
  }

  private async post(body: Message, { trace }: CallOptions): Promise<void> {
    const headers = { 'content-type': 'application/json', ...this.authorize() };
    const response = await send({ path: this.endpoint, method: 'POST', headers, body }, this.closed.signal, trace);
    if (!response.ok) throw new Error(`POST ${this.endpoint.split('?')[0]} was answered with ${response.status}`);
  }
}
