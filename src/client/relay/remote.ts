import type { JSONRPCMessage, JSONRPCRequest, Transport } from '@modelcontextprotocol/client';
import { withDeadline, within } from '../../net/time-limit.js';
import { eraOf } from '../../rpc/era.js';
import type { Era } from '../../rpc/era.js';
import type { RequestId, RpcMessage } from '../../rpc/messages.js';
import { isObject } from '../../rpc/messages.js';
import { RPC, errorAnswer } from '../../rpc/errors.js';
import { AwaitedAnswers } from '../awaited-answers.js';
import { rpcErrorIn } from '../era-mismatch.js';
import { ClientError, httpStatusOf } from '../errors.js';
import { explain } from '../explain.js';
import type { HttpTarget } from '../target.js';
import { CLOSING_TIMEOUT_MS } from '../trace.js';
import { openHttp } from '../transports.js';
import type { Authorize, OpenTransport } from '../transports.js';
import { ParamHeaders } from './param-headers.js';

/** Requests of the client that may wait for their answers at the same time. */
export const WAITING_REQUESTS = 1_000;
/** The id of the greeting that is made again in the client's name; no client numbers its requests so. */
const RENEWAL = 'mcp-calc relay: the session anew';
const RENEWAL_MS = 30_000;
/** Statuses with which a server tells that it knows only the legacy SSE transport ("Backwards Compatibility"). */
const OLDER_TRANSPORT: readonly (number | undefined)[] = [400, 404, 405];

interface Waiting {
  readonly era: Era;
  readonly method: string;
  readonly cancelling: AbortController;
  /** Where it was sent last. */
  on?: OpenTransport;
}

export interface RemoteOptions {
  readonly target: HttpTarget;
  readonly authorize?: Authorize;
  /** Gets every message for the client. */
  deliver(message: unknown): void;
  /** Tells what a person should know. */
  notice(text: string): void;
}

/**
 * A server at an address, for a client that speaks to it message by message, in either era: what a host would do over HTTP by itself is
 * done for it. Streams are resumed; a session that was lost is opened anew with the client's own greeting; a cancelled call of the
 * modern era closes its stream. Every request gets an answer, if only an error that says why there is none.
 */
export class Remote {
  private opened: OpenTransport | undefined;
  private opening: Promise<OpenTransport> | undefined;
  private readonly waiting = new Map<RequestId, Waiting>();
  private readonly paramHeaders = new ParamHeaders();
  private greeting: JSONRPCRequest | undefined;
  private renewing: Promise<void> | undefined;
  private onRenewed: ((answer: Record<string, unknown>) => void) | undefined;
  private answeredAnything = false;
  private kind: 'streamable-http' | 'sse';
  private whenIdle: (() => void) | undefined;

  constructor(private readonly options: RemoteOptions) {
    this.kind = options.target.transport === 'sse' ? 'sse' : 'streamable-http';
  }

  /**
   * Sends a message of the client; resolves when the server has taken it. Rejects with a {@link ClientError} where nothing can come of
   * this server: it was never reached, or does not let this client in.
   */
  async send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message)) return this.pass(message);
    if (!('id' in message)) return this.cancels(message) ? undefined : this.pass(message);
    const { id } = message;
    if (this.waiting.size >= WAITING_REQUESTS)
      return this.answer(id, RPC.refused, `More than ${WAITING_REQUESTS} requests wait for an answer`);
    if (message.method === 'initialize') this.greeting = message;
    const cancelling = new AbortController();
    const waiting: Waiting = { era: eraOf(message as RpcMessage), method: message.method, cancelling };
    this.waiting.set(id, waiting);
    try {
      await this.attempt(message, waiting);
    } catch (error) {
      const failure = this.failed(id, error);
      const isHopeless = failure?.reason === 'unreachable' || failure?.reason === 'authentication';
      if (failure && isHopeless && !this.answeredAnything) throw failure;
    }
  }

  /** Resolves when every request has its answer; what listens is not waited for. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => (this.whenIdle = resolve));
  }

  private get isIdle(): boolean {
    return [...this.waiting.values()].every(({ method }) => method === 'subscriptions/listen');
  }

  /** Ends the session at the server, and the connection. Never rejects. */
  async close(): Promise<void> {
    const { opened } = this;
    for (const { cancelling } of this.waiting.values()) cancelling.abort();
    if (opened?.endSession)
      await within(
        opened.endSession().catch(() => undefined),
        CLOSING_TIMEOUT_MS,
        () => undefined,
      );
    await opened?.transport.close().catch(() => undefined);
  }

  /** Notifications and answers: nobody waits for what becomes of them. */
  private async pass(message: JSONRPCMessage): Promise<void> {
    try {
      await this.renewing;
      const { transport } = await this.open();
      await transport.send(message);
    } catch (error) {
      this.options.notice(`Not delivered: ${this.explain(error).message}`);
    }
  }

  private async attempt(message: JSONRPCRequest, waiting: Waiting): Promise<void> {
    await this.renewing;
    const used = await this.open();
    try {
      await this.post(used, message, waiting);
    } catch (error) {
      if (waiting.cancelling.signal.aborted) return;
      const status = httpStatusOf(error);
      if (message.method === 'initialize' && this.mayBeOlder(status)) {
        this.opening = this.opened = undefined;
        this.kind = 'sse';
      } else if (status === 404 && message !== this.greeting && this.hasSession(used)) await this.renew(used);
      else throw error;
      await this.post(await this.open(), message, waiting);
    }
  }

  private async post(opened: OpenTransport, message: JSONRPCRequest, waiting: Waiting): Promise<void> {
    const before = waiting.on;
    waiting.on = opened;
    this.leave(before);
    await opened.transport.send(message, {
      requestSignal: waiting.cancelling.signal,
      headers: waiting.era === 'modern' ? this.paramHeaders.of(message) : undefined,
      // The last event may still be on its way through the parser.
      onRequestStreamEnd: () =>
        setImmediate(() => this.failed(message.id, broken('The stream ended before the answer came'))),
    });
  }

  private mayBeOlder(status: number | undefined): boolean {
    const { transport } = this.options.target;
    return transport === 'auto' && this.kind === 'streamable-http' && OLDER_TRANSPORT.includes(status);
  }

  private open(): Promise<OpenTransport> {
    this.opening ??= this.start().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async start(): Promise<OpenTransport> {
    const { target, authorize } = this.options;
    const opened = openHttp(this.kind, target, new AwaitedAnswers(), {}, { authorize }, (error) => this.failAll(error));
    const { transport } = opened;
    transport.onmessage = (message) => this.receive(message, transport);
    transport.onerror = (error) => {
      // The stream of what the server says by itself tells first that the session is gone.
      if (httpStatusOf(error) === 404 && this.opened === opened && this.hasSession(opened) && this.waiting.size === 0)
        this.renew(opened).catch((reason: unknown) => this.options.notice(this.explain(reason).message));
      if (this.kind === 'sse' && /^SSE error/.test(error.message)) this.failAll(broken('The server closed the stream'));
    };
    await transport.start();
    return (this.opened = opened);
  }

  private receive(message: JSONRPCMessage, transport: Transport): void {
    this.answeredAnything = true;
    if ('method' in message) return this.options.deliver(message);
    const { id } = message;
    if (id === RENEWAL) return this.onRenewed?.(message);
    const result: unknown = 'result' in message ? message.result : undefined;
    if (id === this.greeting?.id && isObject(result) && typeof result.protocolVersion === 'string')
      transport.setProtocolVersion?.(result.protocolVersion);
    this.paramHeaders.learn({ result });
    // What was cancelled, or answered by an error of ours, is of no use any more.
    if (id !== undefined && this.settle(id)) this.options.deliver(message);
  }

  /** Of the modern era, a cancelled request ends with its stream (2026-07-28, basic/patterns/cancellation, "Streamable HTTP"). */
  private cancels(message: JSONRPCMessage): boolean {
    if (!('method' in message) || message.method !== 'notifications/cancelled') return false;
    const { requestId } = message.params ?? {};
    const waiting = this.waiting.get(requestId as RequestId);
    if (waiting?.era !== 'modern') return false;
    this.settle(requestId as RequestId);
    waiting.cancelling.abort();
    return true;
  }

  /** A session that the server no longer knows is opened anew, once for all that have met its end ("Session Management"). */
  private renew(lost: OpenTransport): Promise<void> {
    if (this.opened === lost) this.renewing = this.greetAnew().finally(() => (this.renewing = undefined));
    return this.renewing ?? Promise.resolve();
  }

  private async greetAnew(): Promise<void> {
    const { greeting } = this;
    if (greeting === undefined) return;
    this.options.notice(
      'The server no longer knows the session: a new one is opened, what belonged to the old is gone',
    );
    this.opening = this.opened = undefined;
    const { transport } = await this.open();
    const answered = new Promise<Record<string, unknown>>((resolve) => (this.onRenewed = resolve));
    await transport.send({ ...greeting, id: RENEWAL });
    const { result } = await withDeadline(answered, RENEWAL_MS, 'The server gives no new session');
    if (!isObject(result)) throw broken('The server refuses a new session');
    transport.setProtocolVersion?.(String(result.protocolVersion));
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** Closes what is used no more: a call may still be on its way there when its session is found to be lost. */
  private leave(opened: OpenTransport | undefined): void {
    if (opened === undefined || opened === this.opened || [...this.waiting.values()].some(({ on }) => on === opened))
      return;
    void opened.transport.close().catch(() => undefined);
  }

  private hasSession({ transport }: OpenTransport): boolean {
    return transport.sessionId !== undefined;
  }

  private failAll(error: Error): void {
    for (const id of [...this.waiting.keys()]) this.failed(id, error);
  }

  /** Answers in the server's stead, and says with what; undefined where it had answered, or its refusal is an answer. */
  private failed(id: RequestId, error: unknown): ClientError | undefined {
    if (!this.settle(id)) return undefined;
    // A refusal that is an answer is passed on as it is.
    const { text } = (error as { data?: { text?: unknown } }).data ?? {};
    const refusal = typeof text === 'string' ? rpcErrorIn(text) : undefined;
    if (refusal !== undefined) {
      this.options.deliver({ jsonrpc: '2.0', id, error: refusal });
      return undefined;
    }
    const failure = this.explain(error);
    this.answer(id, RPC.refused, failure.message);
    return failure;
  }

  private answer(id: RequestId, code: number, message: string): void {
    this.options.deliver(errorAnswer(id, { code, message, data: undefined }));
  }

  private settle(id: RequestId): boolean {
    const waited = this.waiting.get(id);
    this.waiting.delete(id);
    this.leave(waited?.on);
    if (this.isIdle) this.whenIdle?.();
    return waited !== undefined;
  }

  private explain(error: unknown): ClientError {
    return explain(error, { target: this.options.target });
  }
}

function broken(message: string): ClientError {
  return new ClientError('unreachable', message);
}
