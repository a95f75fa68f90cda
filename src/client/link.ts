import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { withDeadline } from '../net/time-limit.js';
import { name, version } from '../package-info.js';
import { quote } from '../text/harmless.js';
import { AwaitedAnswers } from './awaited-answers.js';
import { capabilitiesFor, handleServer } from './callbacks.js';
import type { Callbacks } from './callbacks.js';
import { ClientError } from './errors.js';
import { explain } from './explain.js';
import type { Target } from './target.js';
import { trace } from './trace.js';
import { openHttp, openStdio } from './transports.js';
import type { Authorize, TransportKind } from './transports.js';

/** How long one request may take when nobody says otherwise, ms. Progress starts the time anew. */
export const REQUEST_TIMEOUT_MS = 60_000;

export interface ConnectOptions {
  readonly callbacks?: Callbacks;
  /** Sends HTTP requests, in place of the platform's. */
  readonly fetch?: FetchLike;
  /** Milliseconds that one request may take. */
  readonly timeoutMs?: number;
  /** Milliseconds that the handshake may take, where a person may have to sign in meanwhile. */
  readonly handshakeTimeoutMs?: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
  /** Adds a token to requests, and gets one where the server asks for it. */
  readonly authorize?: Authorize;
  /** `file:` URIs that the server may ask for. */
  readonly roots?: readonly string[];
  /** Leaves the session open at the server when the connection is closed. */
  readonly keepSession?: boolean;
}

/** A client that has shaken hands over one transport. */
export interface Link {
  readonly client: Client;
  readonly kind: TransportKind;
  readonly awaited: AwaitedAnswers;
  /** Resolves when the server can no longer send anything by itself. */
  readonly closed: Promise<void>;
  protocolVersion(): string | undefined;
  settled(): Promise<void>;
  explain(error: unknown): ClientError;
  endSession?(): Promise<void>;
}

/** Shakes hands over one transport. Rejects with a {@link ClientError}. */
export async function openLink(kind: TransportKind, target: Target, options: ConnectOptions): Promise<Link> {
  const { callbacks = {}, timeoutMs = REQUEST_TIMEOUT_MS, roots = [], signal } = options;
  const { handshakeTimeoutMs = timeoutMs } = options;
  const awaited = new AwaitedAnswers();
  const opened =
    target.kind === 'stdio'
      ? openStdio(target, callbacks)
      : openHttp(kind === 'sse' ? 'sse' : 'streamable-http', target, awaited, callbacks, options);
  let protocolVersion: string | undefined;
  const traced = trace(opened.transport, (direction, message) => {
    awaited.listen(direction, message);
    if (direction === 'received')
      protocolVersion ??= (message as { result?: { protocolVersion?: string } }).result?.protocolVersion;
    callbacks.onTrace?.(direction, message);
  });
  const client = new Client({ name: `${name}-client`, version }, { capabilities: capabilitiesFor(roots) });
  handleServer(client, callbacks, roots);
  let stray: string | undefined;
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  client.onclose = () => close();
  client.onerror = (error) => {
    if (/Maximum reconnection attempts/.test(error.message)) {
      awaited.resumptionFailed();
      close();
    }
    if (kind === 'sse' && error.name === 'Error' && /^SSE error/.test(error.message))
      awaited.fail('The server closed the stream before it answered', error);
    if (kind !== 'stdio' || !(error instanceof SyntaxError || error.name === 'ZodError')) return;
    const text = quote(error.message);
    if (stray === undefined)
      callbacks.onNotice?.(
        `The server wrote something to stdout that is not JSON-RPC (its log belongs on stderr): ${text}`,
      );
    stray ??= text;
  };
  const circumstances = (): { target: Target; stderr?: string; stray?: string } => ({
    target,
    stderr: opened.stderr?.(),
    stray,
  });
  try {
    // The SDK bounds the handshake, but not the time until the transport is open: an SSE server that never names its endpoint.
    const connecting = client.connect(opened.transport, { timeout: handshakeTimeoutMs, signal });
    await withDeadline(connecting, handshakeTimeoutMs + 50, 'MCP error -32001: Request timed out', signal);
  } catch (error) {
    opened.abandon?.();
    await client.close().catch(() => undefined);
    throw signal?.aborted ? new ClientError('cancelled', 'Cancelled') : explain(error, circumstances());
  }
  return {
    client,
    kind,
    awaited,
    closed,
    protocolVersion: () => protocolVersion,
    settled: traced.settled,
    explain: (error) => explain(error, circumstances()),
    endSession: opened.endSession,
  };
}
