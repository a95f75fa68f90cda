import type { JSONRPCMessage, JSONRPCRequest, Transport } from '@modelcontextprotocol/client';
import { withDeadline, within } from '../../net/time-limit.js';
import { isObject } from '../../rpc/messages.js';
import { ClientError } from '../errors.js';
import type { HttpTarget } from '../target.js';
import { CLOSING_TIMEOUT_MS } from '../trace.js';
import type { Authorize, OpenTransport } from '../transports.js';
import { openRemote } from './open-remote.js';
import type { RemoteListeners } from './open-remote.js';

/** The id of the greeting that is made again in the client's name; no client numbers its requests so. */
const RENEWAL = 'mcp-calc relay: the session anew';
const RENEWAL_MS = 30_000;

export interface SessionOptions extends Omit<RemoteListeners, 'onSessionLost' | 'onStreamLost'> {
  readonly target: HttpTarget;
  readonly authorize?: Authorize;
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
  kind: 'streamable-http' | 'sse';
  private opened: OpenTransport | undefined;
  private opening: Promise<OpenTransport> | undefined;
  private renewing: Promise<void> | undefined;
  private onRenewed: ((answer: Record<string, unknown>) => void) | undefined;
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
    const opened: OpenTransport = await openRemote(this.kind, options, {
      ...options,
      onMessage: (message) => this.receive(message, opened.transport),
      onSessionLost: () => {
        // The stream of what the server says by itself tells first that the session is gone.
        if (this.opened === opened && hasSession(opened)) this.renew(opened).catch(options.onFailure);
      },
      onStreamLost: () => {
        // It was the session, which has no id.
        this.isLost ||= this.opened === opened;
        options.onStreamLost();
      },
    });
    return (this.opened = opened);
  }

  private receive(message: JSONRPCMessage, transport: Transport): void {
    if ('method' in message) return this.options.onMessage(message);
    const { id } = message;
    if (id === RENEWAL) return this.onRenewed?.(message);
    const result: unknown = 'result' in message ? message.result : undefined;
    if (id === this.greeting?.id && isObject(result) && typeof result.protocolVersion === 'string')
      transport.setProtocolVersion?.(result.protocolVersion);
    this.options.onMessage(message);
  }

  private async greetAnew(): Promise<void> {
    const { greeting } = this;
    if (greeting === undefined) return;
    this.options.notice(
      'The server no longer knows the session: a new one is opened, what belonged to the old is gone',
    );
    const lost = this.opened;
    this.opening = this.opened = undefined;
    this.leave(lost);
    const { transport } = await (this.opening = this.start());
    const answered = new Promise<Record<string, unknown>>((resolve) => (this.onRenewed = resolve));
    await transport.send({ ...greeting, id: RENEWAL });
    const { result } = await withDeadline(answered, RENEWAL_MS, 'The server gives no new session');
    if (!isObject(result)) throw new ClientError('unreachable', 'The server refuses a new session');
    transport.setProtocolVersion?.(String(result.protocolVersion));
    this.isLost = false;
    await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
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
