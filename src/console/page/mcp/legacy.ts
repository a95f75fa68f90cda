import { readEvents } from './events.js';
import type { Authorize } from './incoming.js';
import { isStream, replyTo, send, takeNotification } from './incoming.js';
import type { CallOptions, Client, Message, Params } from './messages.js';
import { CallError, CAPABILITIES, CLIENT_INFO, readAnswer, resultOf } from './messages.js';

const VERSION = '2025-11-25';
const PATH = '/mcp';
/** How often a stream that was cut off is resumed, and how long before where the server says nothing, ms. */
const RESUMES = 20;
const RETRY_MS = 1_000;

/** Where a stream of events has come to. */
interface Place {
  lastEventId?: string;
  retryMs: number;
}

/** A client of the legacy era over Streamable HTTP, with a session where the server gives one. */
export class LegacyClient implements Client {
  readonly era = 'legacy';
  readonly canCut = true;
  greeting: Params = {};
  private session: string | undefined;
  private version = '';
  private count = 0;
  private readonly closed = new AbortController();

  private constructor(
    private readonly authorize: Authorize,
    private readonly options: CallOptions,
  ) {}

  /** Greets the server; `options` hear what the session's own stream brings. */
  static async connect(authorize: Authorize, options: CallOptions): Promise<LegacyClient> {
    const client = new LegacyClient(authorize, options);
    await client.greet();
    return client;
  }

  get label(): string {
    return this.session === undefined
      ? `${this.version}, no session`
      : `${this.version}, session ${this.session.slice(0, 8)}…`;
  }

  async request(method: string, params: Params, options: CallOptions): Promise<Params> {
    const id = (this.count += 1);
    const onAbort = () => void this.cancel(id, options);
    options.signal.addEventListener('abort', onAbort);
    try {
      const message: Message = { jsonrpc: '2.0', id, method, params: { ...params, _meta: { progressToken: id } } };
      return await this.exchange(message, options);
    } catch (error) {
      // The session has ended: a client begins anew (transports, "Session Management").
      if (!(error instanceof CallError && error.status === 404 && this.session !== undefined)) throw error;
      options.trace({ at: Date.now(), direction: 'note', title: 'The session has ended: a new one is opened' });
      await this.greet();
      return await this.exchange({ jsonrpc: '2.0', id, method, params }, options);
    } finally {
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  close(): void {
    this.closed.abort();
    if (this.session === undefined) return;
    void fetch(PATH, { method: 'DELETE', headers: this.headers(), keepalive: true }).catch(() => undefined);
  }

  private async greet(): Promise<void> {
    this.session = undefined;
    this.version = '';
    const params = { protocolVersion: VERSION, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
    const greeting: Message = { jsonrpc: '2.0', id: (this.count += 1), method: 'initialize', params };
    this.greeting = await this.exchange(greeting, this.options);
    this.version = String(this.greeting.protocolVersion ?? VERSION);
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' }, this.options);
    if (this.session !== undefined) void this.listen().catch(() => undefined);
  }

  /** The session's own stream: what belongs to no call. */
  private async listen(): Promise<void> {
    const place: Place = { retryMs: RETRY_MS };
    while (!this.closed.signal.aborted) {
      const response = await this.get(place, this.closed.signal, this.options);
      if (!response.ok || !isStream(response)) return;
      await this.read(response, undefined, place, this.options).catch(() => undefined);
      await pause(place.retryMs);
    }
  }

  private async exchange(message: Message, options: CallOptions): Promise<Params> {
    const place: Place = { retryMs: RETRY_MS };
    let response: Response | undefined = await this.post(message, options);
    this.session ??= response.headers.get('mcp-session-id') ?? undefined;
    if (!isStream(response)) {
      const answer = await readAnswer(response);
      options.trace({ at: Date.now(), direction: 'in', title: 'answer', body: answer });
      return resultOf(answer, response.status);
    }
    for (let resumes = 0; resumes <= RESUMES; resumes += 1) {
      const answer = response && (await this.readUntilCut(response, message.id, place, options));
      if (answer) return resultOf(answer);
      if (place.lastEventId === undefined)
        throw new Error('The stream has ended without an answer, and without an event to resume from');
      const title = `Cut off. In ${place.retryMs} ms it is resumed after event ${shortId(place.lastEventId)}`;
      options.trace({ at: Date.now(), direction: 'note', title });
      await pause(place.retryMs);
      options.signal.throwIfAborted();
      response = await this.get(place, signalOf(options), options).catch(() => undefined);
      if (response && !response.ok)
        throw new CallError(
          (await readAnswer(response)).error ?? { code: response.status, message: response.statusText },
        );
    }
    throw new Error('The stream was cut off too often');
  }

  /** The answer; undefined where the connection is cut off before. */
  private async readUntilCut(
    response: Response,
    id: Message['id'],
    place: Place,
    options: CallOptions,
  ): Promise<Message | undefined> {
    try {
      return await this.read(response, id, place, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof CallError) throw error;
      return undefined;
    }
  }

  private async read(
    response: Response,
    id: Message['id'],
    place: Place,
    options: CallOptions,
  ): Promise<Message | undefined> {
    for await (const event of readEvents(response)) {
      if (event.id !== undefined) place.lastEventId = event.id;
      if (event.retry !== undefined) place.retryMs = event.retry;
      if (event.data === undefined) continue;
      const message = event.data === '' ? undefined : (JSON.parse(event.data) as Message);
      options.trace({
        at: Date.now(),
        direction: 'in',
        title: `event${event.id === undefined ? '' : ` ${shortId(event.id)}`}${message ? '' : ' (to resume from)'}`,
        body: message,
      });
      if (!message) continue;
      if (message.method === undefined) {
        if (message.id === id) return message;
      } else if (message.id === undefined) takeNotification(message, options);
      else void this.reply(message, options);
    }
    return undefined;
  }

  private async reply(question: Message, options: CallOptions): Promise<void> {
    const reply = await replyTo(question, options);
    await this.post({ jsonrpc: '2.0', id: question.id, ...reply }, { ...options, cut: undefined });
  }

  private async cancel(requestId: number, { trace }: CallOptions): Promise<void> {
    const message: Message = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } };
    await this.post(message, { trace, signal: this.closed.signal }).catch(() => undefined);
  }

  private async post(body: Message, options: CallOptions): Promise<Response> {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const request = { path: PATH, method: 'POST', headers: { ...headers, ...this.headers() }, body };
    return send(request, signalOf(options), options.trace);
  }

  private async get({ lastEventId }: Place, signal: AbortSignal, { trace }: CallOptions): Promise<Response> {
    const resume: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const headers = { accept: 'text/event-stream', ...resume, ...this.headers() };
    return send({ path: PATH, method: 'GET', headers }, signal, trace);
  }

  private headers(): Record<string, string> {
    return {
      ...(this.version !== '' && { 'mcp-protocol-version': this.version }),
      ...(this.session !== undefined && { 'mcp-session-id': this.session }),
      ...this.authorize(),
    };
  }
}

/** Without the node that it begins with. */
function shortId(eventId: string): string {
  return eventId.replace(/^\w+\./, '…');
}

function signalOf({ signal, cut }: CallOptions): AbortSignal {
  return cut ? AbortSignal.any([signal, cut.signal]) : signal;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
