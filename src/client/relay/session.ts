import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/client';
import { withDeadline, within } from '../../net/time-limit.js';
import { isObject } from '../../rpc/messages.js';
import { quote } from '../../text/harmless.js';
import { ClientError } from '../errors.js';
import type { HttpTarget } from '../target.js';
import { CLOSING_TIMEOUT_MS } from '../trace.js';
import type { Authorize, OpenTransport } from '../transports.js';
import { Kept } from './kept.js';
import { openRemote } from './open-remote.js';
import type { RemoteListeners } from './open-remote.js';

/** What ids of requests begin with that are made again in the client's name; no client numbers its own so. */
const RENEWAL = 'mcp-calc relay: the session anew';
/** How long the new greeting may take, and then all else that is said again, ms. */
const RENEWAL_MS = 30_000;
/** Different refusals of these that a person is told of. */
const REFUSALS = 3;

export interface SessionOptions extends Omit<RemoteListeners, 'onSessionLost' | 'onStreamLost'> {
  readonly target: HttpTarget;
  readonly authorize?: Authorize;
  /** The server no longer knows the session that was there. */
  onLost(lost: OpenTransport): void;
  /** Whether a request may still be answered there. */
  isUsed(opened: OpenTransport): boolean;
  /** The one stream of the older transport has ended. */
  onStreamLost(): void;
  notice(text: string): void;
  /** Tells of a session that could not be opened anew. */
  onFailure(error: unknown): void;
}

/** What a client over a pipe has at the server: a transport, and in the legacy era a session, which is opened anew where it was lost. */
export class Session {
  /** The client's own words, which open a session. */
  greeting: JSONRPCRequest | undefined;
  /** What it was asked for. */
  readonly kept = new Kept();
  kind: 'streamable-http' | 'sse';
  private opened: OpenTransport | undefined;
  private opening: Promise<OpenTransport> | undefined;
  private renewing: Promise<void> | undefined;
  /** Requests of our own, by their ids. */
  private readonly own = new Map<string, (answer: Record<string, unknown>) => void>();
  private count = 0;
  /** Whether the session is gone, and none has come in its place. */
  isLost = false;
  private closed = false;

  constructor(private readonly options: SessionOptions) {
    this.kind = options.target.transport === 'sse' ? 'sse' : 'streamable-http';
  }

  /** Where messages go: to the session that is being opened, if one is. */
  async open(): Promise<OpenTransport> {
    await this.renewing;
    this.opening ??= this.start().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  /** A client that greets again means another session: the one before ends. Returns where that was. */
  begin(greeting: JSONRPCRequest): OpenTransport | undefined {
    const { opened } = this;
    this.greeting = greeting;
    this.kept.clear();
    this.isLost = false;
    if (!opened || !hasSession(opened)) return undefined;
    this.opened = this.opening = undefined;
    void end(opened);
    return opened;
  }

  /** From now on the other transport is used. */
  change(kind: 'streamable-http' | 'sse'): void {
    this.opening = this.opened = undefined;
    this.kind = kind;
  }

  /** A session that the server no longer knows is opened anew, once for all that have met its end ("Session Management"). */
  renew(lost: OpenTransport | undefined = this.opened): Promise<void> {
    if (this.opened === lost && !this.closed) {
      this.isLost = true;
      this.renewing ??= this.greetAnew().finally(() => (this.renewing = undefined));
    }
    return this.renewing ?? Promise.resolve();
  }

  /** Closes what is used no more: a call may still be on its way there when its session is found to be lost. */
  leave(opened: OpenTransport | undefined): void {
    if (opened === undefined || opened === this.opened || this.options.isUsed(opened)) return;
    void opened.transport.close().catch(() => undefined);
  }

  /** Ends it at the server. Never rejects. */
  async close(): Promise<void> {
    this.closed = true;
    await end(this.opened);
  }

  private async start(): Promise<OpenTransport> {
    const { options } = this;
    return (this.opened = await openRemote(this.kind, options, {
      ...options,
      onMessage: (message, on) => this.receive(message, on),
      onSessionLost: (on) => {
        // The stream of what the server says by itself tells first that the session is gone.
        if (this.opened === on && hasSession(on)) this.renew(on).catch(options.onFailure);
      },
      onStreamLost: (on) => {
        // It was the session, which has no id.
        this.isLost ||= this.opened === on;
        options.onStreamLost();
      },
    }));
  }

  private receive(message: JSONRPCMessage, on: OpenTransport): void {
    if ('method' in message) return this.options.onMessage(message, on);
    const { id } = message;
    if (typeof id === 'string' && id.startsWith(RENEWAL)) return this.own.get(id)?.(message);
    const result: unknown = 'result' in message ? message.result : undefined;
    if (id === this.greeting?.id && isObject(result) && typeof result.protocolVersion === 'string')
      on.transport.setProtocolVersion?.(result.protocolVersion);
    this.options.onMessage(message, on);
  }

  private async greetAnew(): Promise<void> {
    const { greeting } = this;
    if (greeting === undefined) return;
    this.options.notice(
      'The server no longer knows the session: a new one is opened, what belonged to the old is gone',
    );
    const lost = this.opened;
    this.opening = this.opened = undefined;
    if (lost) this.options.onLost(lost);
    this.leave(lost);
    const opened = await (this.opening = this.start());
    const { result } = await this.ask(opened, greeting);
    if (!isObject(result)) throw new ClientError('unreachable', 'The server refuses a new session');
    opened.transport.setProtocolVersion?.(String(result.protocolVersion));
    this.isLost = false;
    await opened.transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await this.askAgain(opened);
  }

  /** What the client has been granted before. Never rejects: without it, the session is of use all the same. */
  private async askAgain(opened: OpenTransport): Promise<void> {
    const until = performance.now() + RENEWAL_MS;
    const wishes = this.kept.wishes();
    const refused = new Set<string>();
    let asked = 0;
    try {
      for (const wish of wishes) {
        if (performance.now() > until) throw new Error('it took too long');
        const { error } = await this.ask(opened, wish);
        if (error) refused.add(`${wish.method}: ${isObject(error) ? String(error.message) : 'error'}`);
        asked += 1;
      }
    } catch (error) {
      refused.add(`${wishes.length - asked} requests were not taken: ${(error as Error).message}`);
    }
    for (const why of [...refused].slice(0, REFUSALS)) this.options.notice(`Not in the new session: ${quote(why)}`);
  }

  /** Sends a request of our own; resolves to its answer. */
  private async ask(
    { transport }: OpenTransport,
    { method, params }: Pick<JSONRPCRequest, 'method' | 'params'>,
  ): Promise<Record<string, unknown>> {
    const id = `${RENEWAL} ${(this.count += 1)}`;
    const answered = new Promise<Record<string, unknown>>((resolve) => this.own.set(id, resolve));
    const sent = transport.send({ jsonrpc: '2.0', id, method, params });
    try {
      const [answer] = await withDeadline(Promise.all([answered, sent]), RENEWAL_MS, 'The server gives no new session');
      return answer;
    } finally {
      this.own.delete(id);
    }
  }
}

export function hasSession({ transport }: OpenTransport): boolean {
  return transport.sessionId !== undefined;
}

async function end(opened: OpenTransport | undefined): Promise<void> {
  if (opened?.endSession)
    await within(
      opened.endSession().catch(() => undefined),
      CLOSING_TIMEOUT_MS,
      () => undefined,
    );
  await opened?.transport.close().catch(() => undefined);
}
