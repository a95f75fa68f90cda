import { META } from '../rpc/era.js';
import { RPC, RpcError } from '../rpc/errors.js';
import type { RequestId, RpcMessage, RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isId, isObject, isRequest, isResponse } from '../rpc/messages.js';
import type { Asked, AskedBy, QuestionTable } from './asked.js';
import type { Line, ServerEndedError } from './line.js';

/** Requests that one server works on at once, and questions of its that wait for a client. */
const CALLS_LIMIT = 1_000;
const QUESTIONS_LIMIT = 100;
/** Notifications about one request that wait to be written, where other clients must not wait for its reader. */
const UNWRITTEN_LIMIT = 1_000;
/** Resources that those who share a server are told of. */
const SUBSCRIBED_LIMIT = 1_000;

/** Where what a server says about one request goes. */
export interface Voice extends AskedBy {
  /** Resolves when it is written. */
  notify(notification: RpcNotification): Promise<void>;
  /** The last that is said. Never throws. */
  answer(response: RpcResponse): void;
}

/** Where goes what is about no request. */
export interface SessionVoice extends AskedBy {
  notify(notification: RpcNotification): Promise<unknown>;
}

const LISTEN = 'subscriptions/listen';

interface Call {
  readonly request: RpcRequest;
  readonly voice: Voice;
  unwritten: number;
}

export interface LiveOptions {
  readonly line: Line;
  readonly questions: QuestionTable;
  /** Whose questions these are, where nobody else is named: only answers of this session are taken; empty for a server that many share. */
  readonly sessionId: string;
  /** Absent where many share the server: what is about no request is nobody's then. */
  readonly session?: SessionVoice;
  /** Told of what changes for all who have anything to do with the server. */
  readonly onChange?: (notification: RpcNotification) => void;
  readonly onEnd: (why: ServerEndedError) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * One live server and all who speak with it. Requests get ids of its own, so that those of several clients, and a client's own that
 * are sent again, can't be the same; progress tokens do so too.
 */
export class LiveServer {
  private readonly calls = new Map<number, Call>();
  /** The server's own questions, by its ids. */
  private readonly asked = new Map<RequestId, Asked>();
  /** For those who share it. */
  private readonly subscribed = new Set<string>();
  private count = 0;
  private why: ServerEndedError | undefined;
  lastUsed = performance.now();
  /** Tells this server from all others, also of this command. */
  readonly key = crypto.randomUUID();

  constructor(private readonly options: LiveOptions) {
    options.line.listen(
      (message, about) => this.hear(message, about),
      (why) => this.ended(why),
    );
  }

  /** Whether it works on anything. */
  get isBusy(): boolean {
    return this.calls.size > 0;
  }

  get load(): number {
    return this.calls.size;
  }

  get hasEnded(): boolean {
    return this.why !== undefined;
  }

  /** What the server has said elsewhere, to be put after an error about its silence. */
  get said(): string {
    const { said } = this.options.line;
    return said ? `: ${said}` : '';
  }

  /** Sends a request, whose outcome the voice is told; the id is for {@link cancel}. */
  call(request: RpcRequest, voice: Voice): number {
    this.lastUsed = performance.now();
    const id = (this.count += 1);
    try {
      if (this.why) throw this.why;
      if (this.calls.size >= CALLS_LIMIT) throw new Error(`The server works on ${CALLS_LIMIT} requests already`);
      this.options.line.send(withToken({ ...request, id }, id));
      this.calls.set(id, { request, voice, unwritten: 0 });
    } catch (error) {
      voice.answer(failure(request.id, (error as Error).message));
    }
    return id;
  }

  /** Nobody waits for the answer any more. */
  cancel(id: number, reason?: unknown): void {
    if (!this.calls.delete(id)) return;
    this.tell('notifications/cancelled', { requestId: id, ...(typeof reason === 'string' && { reason }) });
  }

  /** Takes what the client says of none of its requests. */
  notify(notification: RpcNotification): void {
    this.lastUsed = performance.now();
    this.tell(notification.method, notification.params);
  }

  /** Asks, for whoever listens, to be told of a resource; once. What the server says to that changes nothing for those who ask. */
  async subscribe(uri: string): Promise<void> {
    if (this.subscribed.has(uri) || this.subscribed.size >= SUBSCRIBED_LIMIT) return;
    this.subscribed.add(uri);
    await new Promise<void>((resolve) => {
      const voice: Voice = { notify: nothing, ask: nothing, heard: () => undefined, answer: () => resolve() };
      this.call({ jsonrpc: '2.0', id: 0, method: 'resources/subscribe', params: { uri } }, voice);
    });
  }

  end(): Promise<void> {
    return this.options.line.end();
  }

  private tell(method: string, params?: Record<string, unknown>): void {
    this.reply({ jsonrpc: '2.0', method, ...(params && { params }) });
  }

  /** To who has ended, nothing has to be said. */
  private reply(message: RpcMessage): void {
    try {
      this.options.line.send(message);
    } catch (error) {
      this.options.onError(error);
    }
  }

  private hear(message: RpcMessage, about?: RequestId): Promise<void> | void {
    if (isResponse(message)) return this.answered(message);
    const call = about === undefined ? this.onlyCall() : this.calls.get(about as number);
    return isRequest(message) ? this.asks(message, call) : this.tells(message, call);
  }

  private answered(response: RpcResponse): void {
    const call = this.calls.get(response.id as number);
    if (!call) return;
    this.calls.delete(response.id as number);
    const { id, method } = call.request;
    const { result } = response;
    if (method === LISTEN && result) call.voice.answer({ ...response, id, result: withSubscription(result, id) });
    else call.voice.answer({ ...response, id });
  }

  private tells(notification: RpcNotification, only: Call | undefined): Promise<void> | void {
    const { method, params } = notification;
    const { session, onChange } = this.options;
    if (method === 'notifications/cancelled') return this.withdraw(params);
    if (method === 'notifications/progress') {
      const call = this.calls.get(params?.progressToken as number);
      return (
        call && this.tellCall(call, { ...notification, params: { ...params, progressToken: tokenOf(call.request) } })
      );
    }
    const listen = isObject(params?._meta) ? this.calls.get(params._meta[META.subscriptionId] as number) : undefined;
    if (listen) return this.tellCall(listen, { ...notification, params: withSubscription(params, listen.request.id) });
    if (/list_changed$|^notifications\/resources\/updated$/.test(method)) {
      onChange?.(notification);
      return session && this.settled(session.notify(notification));
    }
    if (only) return this.tellCall(only, notification);
    return session && this.settled(session.notify(notification));
  }

  /** A server that is one client's own waits for it; of one that many share, the slow lose what is too much. */
  private tellCall(call: Call, notification: RpcNotification): Promise<void> | void {
    if (call.unwritten >= UNWRITTEN_LIMIT) return;
    call.unwritten += 1;
    const told = this.settled(call.voice.notify(notification)).finally(() => (call.unwritten -= 1));
    return this.options.session ? told : undefined;
  }

  private asks(question: RpcRequest, call: Call | undefined): void {
    const { id, method } = question;
    if (method === 'ping') return this.reply({ jsonrpc: '2.0', id, result: {} });
    const by = call?.voice ?? this.options.session;
    if (!by) {
      const message = 'It is not known which client this is for: several have requests here, or none has';
      return this.reply({ jsonrpc: '2.0', id, error: { code: RPC.refused, message } });
    }
    if (this.asked.size >= QUESTIONS_LIMIT)
      return this.reply(failure(id, `${QUESTIONS_LIMIT} questions are open already`));
    const { questions, sessionId } = this.options;
    const asked = questions.ask(question, by, by.sessionId ?? sessionId, (response) => {
      this.asked.delete(id);
      this.reply({ ...response, id } as RpcMessage);
    });
    this.asked.set(id, asked);
    asked.onProgress = (params) => this.tell('notifications/progress', params);
    void asked.sent;
  }

  /** The server gave up waiting for its client. */
  private withdraw(params: Record<string, unknown> | undefined): void {
    const id = params?.requestId;
    if (!isId(id)) return;
    this.asked.get(id)?.withdraw(params?.reason);
    this.asked.delete(id);
  }

  /** Over a pipe a server does not say which of its requests something is about. */
  private onlyCall(): Call | undefined {
    let only: Call | undefined;
    for (const call of this.calls.values()) {
      if (call.request.method === LISTEN) continue;
      if (only) return undefined;
      only = call;
    }
    return only;
  }

  private ended(why: ServerEndedError): void {
    this.why = why;
    const calls = [...this.calls.values()];
    this.calls.clear();
    for (const asked of this.asked.values()) asked.withdraw('The server has ended');
    this.asked.clear();
    for (const { request, voice } of calls) voice.answer(failure(request.id, why.message));
    this.options.onEnd(why);
  }

  private settled(work: Promise<unknown>): Promise<void> {
    return work.then(
      () => undefined,
      (error: unknown) => this.options.onError(error),
    );
  }
}

const nothing = async (): Promise<void> => undefined;

/** What a request gets that its server can't answer. */
export function failure(id: RequestId, message: string, code: number = RPC.internalError): RpcResponse {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

export function failureOf(id: RequestId, error: unknown): RpcResponse {
  const { code, message, data } =
    error instanceof RpcError ? error : new RpcError(RPC.internalError, (error as Error).message);
  return { jsonrpc: '2.0', id, error: { code, message, ...(data && { data }) } };
}

function tokenOf({ params }: RpcRequest): RequestId | undefined {
  const token = isObject(params?._meta) ? params._meta.progressToken : undefined;
  return isId(token) ? token : undefined;
}

/** What is said of a subscription names it by the id of its request: the client's own. */
function withSubscription(params: Record<string, unknown> | undefined, id: RequestId): Record<string, unknown> {
  return { ...params, _meta: { ...(params?._meta as object), [META.subscriptionId]: id } };
}

function withToken(request: RpcRequest, token: RequestId): RpcRequest {
  if (tokenOf(request) === undefined) return request;
  const { params } = request;
  return { ...request, params: { ...params, _meta: { ...(params?._meta as object), progressToken: token } } };
}
