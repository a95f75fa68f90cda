import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client, FetchLike, Progress, RequestOptions } from '@modelcontextprotocol/client';
import { anySignal } from '../net/any-signal.js';
import { within } from '../net/time-limit.js';
import type { Era } from '../rpc/era.js';
import { answerQuestion } from './callbacks.js';
import type { Question } from './callbacks.js';
import { ClientError, httpStatusOf } from './errors.js';
import { REQUEST_TIMEOUT_MS } from './link.js';
import type { ConnectOptions, Link } from './link.js';
import type { Target } from './target.js';
import { CLOSING_TIMEOUT_MS } from './trace.js';
import type { TraceListener } from './trace.js';
import type { TransportKind } from './transports.js';

export interface RequestExtras {
  /** Cancels the request at the server. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Milliseconds, in place of the connection's. */
  readonly timeoutMs?: number;
}

/** A connection to a server. Every failure is a {@link ClientError}. */
export class Connection {
  constructor(
    private link: Link,
    readonly target: Target,
    private readonly options: ConnectOptions,
    private readonly reopen: () => Promise<Link>,
  ) {}

  /** The SDK's client; another one after a session was lost. */
  get client(): Client {
    return this.link.client;
  }

  get transport(): TransportKind {
    return this.link.kind;
  }

  /** The negotiated version of the protocol. */
  get protocolVersion(): string | undefined {
    return this.link.client.getNegotiatedProtocolVersion();
  }

  get era(): Era {
    return this.link.client.getProtocolEra() ?? 'legacy';
  }

  /** How the era was found, in words. */
  get eraFound(): string {
    return this.link.eraFound;
  }

  /** Whether the server declared this capability. */
  offers(capability: 'tools' | 'resources' | 'prompts' | 'completions' | 'logging'): boolean {
    return this.link.client.getServerCapabilities()?.[capability] !== undefined;
  }

  /** Resolves when the server can no longer send anything by itself. */
  get closed(): Promise<void> {
    return this.link.closed;
  }

  /** The id of the session, where the server has given one. */
  get sessionId(): string | undefined {
    return this.link.client.transport?.sessionId;
  }

  /** Hears what the server says unasked in a session that another client has opened: from then on it hears nothing. */
  async hear(): Promise<void> {
    await this.link.hear?.().catch((error: unknown) => Promise.reject(this.link.explain(error)));
  }

  /** Sends HTTP requests as the transport does, with what authorizes them; none but over Streamable HTTP. */
  get fetch(): FetchLike | undefined {
    return this.link.fetch;
  }

  /** Shows a listener every message from now on. The function that is returned ends it. */
  observe(listener: TraceListener): () => void {
    const { listeners } = this.link;
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** What a stdio server wrote to stdout that is not JSON-RPC: the first of it. */
  get stray(): string | undefined {
    return this.link.stray();
  }

  /** Answers a question of a task. */
  answer(question: Question, signal: AbortSignal): Promise<unknown> {
    const { callbacks = {}, roots = [] } = this.options;
    return answerQuestion(question, callbacks, roots, signal);
  }

  /** Tells what a person should know and that is no result. */
  notice(text: string): void {
    this.options.callbacks?.onNotice?.(text);
  }

  get timeoutMs(): number {
    return this.options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  /**
   * Makes one request. A session that the server no longer knows (404 with a session id: transports,
   * "Session Management") is opened anew once, and the request made again.
   */
  async request<T>(
    make: (client: Client, options: RequestOptions) => Promise<T>,
    extras: RequestExtras = {},
  ): Promise<T> {
    // A server may have closed an idle connection while this process was busy with a schema, which is known a turn of the loop later:
    // a request on it would seem to be lost.
    await nextTurn();
    try {
      return await this.attempt(make, extras);
    } catch (error) {
      if (!this.sessionIsLost(error)) throw error;
      this.options.callbacks?.onNotice?.(
        'The server no longer knows the session; a new one is opened, and what belonged to the old one is gone',
      );
      await this.link.client.close().catch(() => undefined);
      this.link = await this.reopen();
      return this.attempt(make, extras);
    }
  }

  /** Ends the session and closes the connection. Never rejects: what could go wrong no longer matters. */
  async close(): Promise<void> {
    const { client, endSession, settled } = this.link;
    await settled();
    if (endSession !== undefined && this.options.keepSession !== true) {
      await within(
        endSession().catch(() => undefined),
        CLOSING_TIMEOUT_MS,
        () => undefined,
      );
    }
    await client.close().catch(() => undefined);
  }

  private async attempt<T>(
    make: (client: Client, options: RequestOptions) => Promise<T>,
    { signal, onProgress, timeoutMs = this.timeoutMs }: RequestExtras,
  ): Promise<T> {
    const link = this.link;
    const { broken } = link.awaited;
    // One of its own for each request: the SDK never takes its listeners off.
    const either = anySignal(signal, broken);
    try {
      return await make(link.client, {
        timeout: timeoutMs,
        resetTimeoutOnProgress: true,
        signal: either.signal,
        onprogress: onProgress,
      });
    } catch (error) {
      if (signal?.aborted) throw new ClientError('cancelled', 'Cancelled', { cause: error });
      throw link.explain(broken.aborted ? broken.reason : error);
    } finally {
      either.release();
    }
  }

  private sessionIsLost(error: unknown): boolean {
    const hadSession = this.link.client.transport?.sessionId !== undefined;
    return (
      this.link.kind === 'streamable-http' &&
      hadSession &&
      this.options.session === undefined &&
      error instanceof ClientError &&
      httpStatusOf(error.cause ?? {}) === 404
    );
  }
}

export interface ServerInfo {
  readonly server: { readonly name: string; readonly version: string; readonly title?: string } | undefined;
  readonly transport: TransportKind;
  /** The negotiated version. */
  readonly protocolVersion: string | undefined;
  readonly era: Era;
  readonly eraFound: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly instructions?: string;
}

/** What the server said in the handshake, or of itself when it was discovered. */
export function describeServer(connection: Connection): ServerInfo {
  const { client } = connection;
  return {
    server: client.getServerVersion(),
    transport: connection.transport,
    protocolVersion: connection.protocolVersion,
    era: connection.era,
    eraFound: connection.eraFound,
    capabilities: client.getServerCapabilities() ?? {},
    instructions: client.getInstructions(),
  };
}
