import type { JSONRPCMessage, JSONRPCNotification, JSONRPCRequest } from '@modelcontextprotocol/client';
import type { RequestId } from '../../rpc/messages.js';
import { RPC, errorAnswer } from '../../rpc/errors.js';
import { rpcErrorIn } from '../era-mismatch.js';
import { ClientError, httpStatusOf } from '../errors.js';
import { explain } from '../explain.js';
import type { HttpTarget } from '../target.js';
import type { Authorize, OpenTransport } from '../transports.js';
import { ParamHeaders } from './param-headers.js';
import { Questions } from './questions.js';
import { Session, hasSession } from './session.js';
import { WaitingRequests } from './waiting.js';
import type { Waiting } from './waiting.js';

/** Requests of the client that may wait for their answers at the same time. */
export const WAITING_REQUESTS = 1_000;
/** Statuses with which a server tells that it knows only the legacy SSE transport ("Backwards Compatibility"). */
const OLDER_TRANSPORT: readonly (number | undefined)[] = [400, 404, 405];
/** Refusals that only a server of the modern era gives: it has no older transport (2026-07-28, basic, "Error Codes"). */
const OF_MODERN_SERVERS: readonly (number | undefined)[] = [
  RPC.headerMismatch,
  RPC.missingClientCapability,
  RPC.unsupportedVersion,
];
const STOPPED = 'The connection to the server was ended before the answer came';

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
  private readonly session: Session;
  private readonly waiting = new WaitingRequests();
  private readonly questions = new Questions();
  private readonly paramHeaders = new ParamHeaders();
  private answeredAnything = false;
  private closed = false;

  constructor(private readonly options: RemoteOptions) {
    this.session = new Session({
      ...options,
      onMessage: (message, on) => this.receive(message, on),
      onLost: (lost) => this.withdraw(lost),
      onStream: (id) => this.waiting.streamOpened(id),
      onTooMuch: (error) => this.failAll(error),
      onStreamLost: () => this.failAll(broken('The server closed the stream')),
      onFailure: (error) => options.notice(this.explain(error).message),
      isUsed: (opened) => this.waiting.on(opened).length > 0,
    });
  }

  /**
   * Sends a message of the client; resolves when the server has taken it. Rejects with a {@link ClientError} where nothing can come of
   * this server: it was never reached, or does not let this client in.
   */
  async send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message)) return this.reply(message);
    if (!('id' in message))
      return message.method === 'notifications/cancelled' ? this.cancel(message) : this.pass(message);
    const { id, method } = message;
    if (this.closed) return this.answer(id, RPC.refused, STOPPED);
    if (this.waiting.get(id)) return this.answer(id, RPC.invalidRequest, `Invalid Request: the id ${id} is in use`);
    if (this.waiting.size >= WAITING_REQUESTS) return this.refuse(id);
    const waiting = this.waiting.add(message);
    try {
      if (method === 'initialize') this.begin(message);
      await this.attempt(message, waiting);
      // Of what was taken without a stream, the answer was in the body; the older transport has one stream for all.
      if (this.session.kind === 'streamable-http' && waiting.hasStream !== true)
        this.failed(id, broken('The server took the request, and gave no answer to it'));
    } catch (error) {
      const failure = this.failed(id, error);
      if (failure === undefined || this.answeredAnything) return;
      // A status is an answer, but to the greeting: without one there is nothing.
      const isUnreachable = failure.reason === 'unreachable' && (method === 'initialize' || !httpStatusOf(error));
      if (isUnreachable || failure.reason === 'authentication') throw failure;
    }
  }

  /** Answers a request that is too much. */
  refuse(id: RequestId): void {
    this.answer(id, RPC.refused, `More than ${WAITING_REQUESTS} requests wait for an answer`);
  }

  /** Resolves when every request has its answer; what listens is not waited for. */
  idle(): Promise<void> {
    return this.waiting.idle();
  }

  /** Answers what still waits, and ends the session at the server, and the connection. Never rejects. */
  async close(): Promise<void> {
    this.closed = true;
    for (const id of this.waiting.ids) {
      this.waiting.get(id)?.cancelling.abort();
      this.failed(id, broken(STOPPED));
    }
    await this.session.close();
  }

  private begin(greeting: JSONRPCRequest): void {
    const ended = this.session.begin(greeting);
    if (ended === undefined) return;
    this.withdraw(ended);
    for (const id of this.waiting.on(ended)) this.failed(id, broken('The client has begun another session'));
  }

  /** An answer goes to the session that has asked; what nobody has asked, or asks no more, goes nowhere. */
  private async reply(message: JSONRPCMessage): Promise<void> {
    const asked = 'id' in message && message.id !== undefined ? this.questions.answered(message.id) : undefined;
    if (asked) await this.pass({ ...message, id: asked.id } as JSONRPCMessage, asked.on);
  }

  /** The client need not answer what was asked there. */
  private withdraw(lost: OpenTransport): void {
    for (const requestId of this.questions.lost(lost))
      this.options.deliver({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId, reason: 'The session that asked this is gone' },
      });
  }

  /** Notifications and answers: nobody waits for what becomes of them. */
  private async pass(message: JSONRPCMessage, on?: OpenTransport): Promise<void> {
    if (this.closed) return;
    try {
      const { transport } = on ?? (await this.session.open());
      await transport.send(message);
    } catch (error) {
      if (!this.closed) this.options.notice(`Not delivered: ${this.explain(error).message}`);
    }
  }

  private async attempt(message: JSONRPCRequest, waiting: Waiting): Promise<void> {
    const { session } = this;
    const isGreeting = message === session.greeting;
    // The modern era knows no sessions.
    const needsSession = waiting.era === 'legacy' && !isGreeting;
    if (session.isLost && needsSession) await session.renew();
    const used = await session.open();
    try {
      await this.post(used, message, waiting);
    } catch (error) {
      if (waiting.cancelling.signal.aborted) return;
      if (isGreeting && this.mayBeOlder(error)) return this.tryOlder(message, waiting, error);
      if (httpStatusOf(error) !== 404 || !needsSession || !hasSession(used)) throw error;
      await session.renew(used);
      await this.post(await session.open(), message, waiting);
    }
  }

  private async post(opened: OpenTransport, message: JSONRPCRequest, waiting: Waiting): Promise<void> {
    const before = waiting.on;
    waiting.on = opened;
    this.session.leave(before);
    await opened.transport.send(message, {
      requestSignal: waiting.cancelling.signal,
      headers: waiting.era === 'modern' ? this.paramHeaders.of(message) : undefined,
      // The last event may still be on its way through the parser.
      onRequestStreamEnd: () =>
        setImmediate(() => this.failed(message.id, broken('The stream ended before the answer came'))),
    });
  }

  private mayBeOlder(error: unknown): boolean {
    return (
      this.options.target.transport === 'auto' &&
      this.session.kind === 'streamable-http' &&
      OLDER_TRANSPORT.includes(httpStatusOf(error)) &&
      !OF_MODERN_SERVERS.includes(refusalIn(error)?.code)
    );
  }

  /** What the newer transport met says more, where the older one does not serve either. */
  private async tryOlder(message: JSONRPCRequest, waiting: Waiting, first: unknown): Promise<void> {
    this.session.change('sse');
    try {
      await this.post(await this.session.open(), message, waiting);
    } catch {
      this.session.change('streamable-http');
      throw first;
    }
  }

  private receive(message: JSONRPCMessage, on: OpenTransport): void {
    this.answeredAnything = true;
    if ('method' in message) return 'id' in message ? this.ask(message, on) : this.tell(message, on);
    const { id } = message;
    const isResult = 'result' in message;
    this.paramHeaders.learn({ result: isResult ? message.result : undefined });
    const waited = id === undefined ? undefined : this.settle(id);
    // What was cancelled, or answered by an error of ours, is of no use any more.
    if (waited === undefined) return;
    if (isResult && waited.kept) this.session.kept.take(waited.kept);
    this.options.deliver(message);
  }

  private ask(question: JSONRPCRequest, on: OpenTransport): void {
    const asked = this.questions.ask(question, on);
    if (asked) return this.options.deliver(asked);
    const refusal = { code: RPC.refused, message: 'Too many questions wait for the client', data: undefined };
    void this.pass(errorAnswer(question.id, refusal), on);
  }

  private tell(notification: JSONRPCNotification, on: OpenTransport): void {
    const isWithdrawal = notification.method === 'notifications/cancelled';
    this.options.deliver(isWithdrawal ? this.questions.withdrawn(notification, on) : notification);
  }

  /** A cancelled request is answered no more; of the modern era it ends with its stream (2026-07-28, basic/patterns/cancellation). */
  private async cancel(message: JSONRPCMessage): Promise<void> {
    const { requestId } = ('method' in message ? message.params : undefined) ?? {};
    const waiting = this.waiting.get(requestId);
    // The greeting can't be cancelled (basic/utilities/cancellation).
    if (waiting?.method === 'initialize') return;
    if (waiting) this.settle(requestId as RequestId);
    if (waiting?.era !== 'modern') await this.pass(message);
    waiting?.cancelling.abort();
  }

  private failAll(error: Error): void {
    for (const id of this.waiting.ids) this.failed(id, error);
  }

  /** Answers in the server's stead, and says with what; undefined where it had answered, or its refusal is an answer. */
  private failed(id: RequestId, error: unknown): ClientError | undefined {
    if (!this.settle(id)) return undefined;
    // A refusal that is an answer is passed on as it is.
    const refusal = refusalIn(error);
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

  private settle(id: RequestId): Waiting | undefined {
    const waited = this.waiting.settle(id);
    this.session.leave(waited?.on);
    return waited;
  }

  private explain(error: unknown): ClientError {
    return explain(error, { target: this.options.target });
  }
}

/** The JSON-RPC error in the body of a refusal. */
function refusalIn(error: unknown): ReturnType<typeof rpcErrorIn> {
  const { text } = (error as { data?: { text?: unknown } }).data ?? {};
  return typeof text === 'string' ? rpcErrorIn(text) : undefined;
}

function broken(message: string): ClientError {
  return new ClientError('unreachable', message);
}
