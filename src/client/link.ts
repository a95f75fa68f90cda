import { Client } from '@modelcontextprotocol/client';
import type { FetchLike, VersionNegotiationMode } from '@modelcontextprotocol/client';
import { withDeadline } from '../net/time-limit.js';
import { name, version } from '../package-info.js';
import { modernVersions, supportedVersions } from '../rpc/versions.js';
import { quote } from '../text/harmless.js';
import { AwaitedAnswers } from './awaited-answers.js';
import { capabilitiesFor, handleServer } from './callbacks.js';
import type { Callbacks } from './callbacks.js';
import { ClientError, httpStatusOf } from './errors.js';
import type { Circumstances } from './errors.js';
import { TIMED_OUT, explain } from './explain.js';
import { describeTarget } from './target.js';
import type { Target } from './target.js';
import type { TooMuchError } from './message-meter.js';
import { trace } from './trace.js';
import type { TraceListener } from './trace.js';
import { openHttp, openStdio } from './transports.js';
import type { Authorize, TransportKind } from './transports.js';

/** How long one request may take when nobody says otherwise, ms. Progress starts the time anew. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** Which era to speak: `auto` asks the server, and takes the modern one where it can. */
export type EraChoice = 'auto' | 'legacy' | 'modern';

export interface ConnectOptions {
  readonly callbacks?: Callbacks;
  /** Sends HTTP requests, in place of the platform's. */
  readonly fetch?: FetchLike;
  /** Milliseconds that one request may take. */
  readonly timeoutMs?: number;
  /** Milliseconds that the handshake may take, where a person may have to sign in meanwhile. */
  readonly handshakeTimeoutMs?: number;
  /** Milliseconds for which it is tried again while the server starts; once where it is left out. */
  readonly connectTimeoutMs?: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
  /** Adds a token to requests, and gets one where the server asks for it. */
  readonly authorize?: Authorize;
  /** Lets a server make a task of a call; true where it is left out. A task has no progress. */
  readonly tasks?: boolean;
  /** `file:` URIs that the server may ask for. */
  readonly roots?: readonly string[];
  /** `auto` where it is left out, but for stdio and legacy SSE. */
  readonly era?: EraChoice;
  /** The id of a session that another client has opened: there is no handshake, and it is not ended. Streamable HTTP alone. */
  readonly session?: string;
  /** Leaves the session open at the server when the connection is closed. */
  readonly keepSession?: boolean;
}

/** A client that has shaken hands over one transport. */
export interface Link {
  readonly client: Client;
  readonly kind: TransportKind;
  /** How the era was found, in words. */
  readonly eraFound: string;
  readonly awaited: AwaitedAnswers;
  /** Resolves when the server can no longer send anything by itself. */
  readonly closed: Promise<void>;
  /** Sends requests as the transport does, where that is Streamable HTTP. */
  readonly fetch: FetchLike | undefined;
  /** Get every message. */
  readonly listeners: Set<TraceListener>;
  /** What a stdio server wrote to stdout that is not JSON-RPC: the first of it. */
  stray(): string | undefined;
  settled(): Promise<void>;
  hear?(): Promise<void>;
  explain(error: unknown): ClientError;
  endSession?(): Promise<void>;
}

const MODES: Readonly<Record<EraChoice, VersionNegotiationMode>> = {
  auto: 'auto',
  legacy: 'legacy',
  // Not pinned to one: `auto` without a version to fall back to takes whichever of the era both speak.
  modern: 'auto',
};
const VERSIONS: Readonly<Record<EraChoice, string[]>> = {
  auto: [...modernVersions, ...supportedVersions],
  legacy: [...supportedVersions],
  modern: [...modernVersions],
};

const EVERYTHING = { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} };

/** Shakes hands over one transport. Rejects with a {@link ClientError}. */
export async function openLink(kind: TransportKind, target: Target, options: ConnectOptions): Promise<Link> {
  const { callbacks = {}, timeoutMs = REQUEST_TIMEOUT_MS, roots = [], tasks = true, signal } = options;
  const { handshakeTimeoutMs = timeoutMs } = options;
  const era = kind === 'sse' ? 'legacy' : (options.era ?? (kind === 'stdio' ? 'legacy' : 'auto'));
  const awaited = new AwaitedAnswers();
  let stray: string | undefined;
  const onStray = (line: string): void => {
    const text = quote(line);
    if (stray === undefined)
      callbacks.onNotice?.(
        `The server wrote something to stdout that is not JSON-RPC (its log belongs on stderr): ${text}`,
      );
    stray ??= text;
  };
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  // Of a stream there is nothing more to be had.
  const onTooMuch = (error: TooMuchError): void => {
    awaited.failWith(explain(error, { target }));
    close();
  };
  const opened =
    target.kind === 'stdio'
      ? openStdio(target, callbacks, era === 'modern', onStray, onTooMuch)
      : openHttp(kind === 'sse' ? 'sse' : 'streamable-http', target, awaited, callbacks, options, onTooMuch);
  const listeners = new Set<TraceListener>();
  const traced = trace(opened.transport, (direction, message) => {
    awaited.listen(direction, message);
    for (const listener of listeners) listener(direction, message);
    callbacks.onTrace?.(direction, message);
  });
  const client = new Client(
    { name: `${name}-client`, version },
    {
      capabilities: capabilitiesFor(roots, tasks),
      supportedProtocolVersions: VERSIONS[era],
      versionNegotiation: { mode: MODES[era] },
      // What a result is worth beside its schema is for the caller to say.
      jsonSchemaValidator: {
        getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
      },
    },
  );
  handleServer(client, callbacks, roots);
  client.onclose = () => close();
  // Set at the transport: while the SDK probes for the era, its client does not listen yet.
  opened.transport.onerror = (error) => {
    if (/Maximum reconnection attempts/.test(error.message)) {
      awaited.resumptionFailed();
      close();
    }
    // A stream of the legacy transport that is opened again is another session, which has not shaken hands.
    if (kind === 'sse' && error.name === 'Error' && /^SSE error/.test(error.message)) {
      awaited.fail('The server closed the stream before it answered', error);
      close();
    }
    if (kind === 'stdio' && error.name === 'ZodError') onStray(error.message);
  };
  const circumstances = (): Circumstances => ({
    target,
    era,
    stderr: opened.stderr?.(),
    refusal: opened.refusal?.(),
    stray,
  });
  try {
    // The SDK bounds the handshake, but not the time until the transport is open: an SSE server that never names its endpoint.
    const connecting = client.connect(opened.transport, { timeout: handshakeTimeoutMs, signal });
    const given = AbortSignal.any(signal === undefined ? [awaited.broken] : [signal, awaited.broken]);
    await withDeadline(connecting, handshakeTimeoutMs + 50, TIMED_OUT, given);
    if (options.session !== undefined) {
      // What was agreed on belongs to whoever opened it: taken for all there is, and asked for.
      Object.assign(client, { _serverCapabilities: EVERYTHING, _negotiatedProtocolVersion: supportedVersions[0] });
      await client.ping({ timeout: handshakeTimeoutMs, signal });
    }
  } catch (error) {
    opened.abandon?.();
    await client.close().catch(() => undefined);
    if (options.session !== undefined && httpStatusOf(error) === 404)
      throw new ClientError('unreachable', `${describeTarget(target)} knows no session ${quote(options.session)}`, {
        hint: 'It may have ended, or belong to somebody else. One is opened and kept by: mcp-calc client ping --keep-session',
        cause: error,
      });
    throw signal?.aborted
      ? new ClientError('cancelled', 'Cancelled')
      : explain(error, { ...circumstances(), connecting: true });
  }
  return {
    client,
    kind,
    eraFound: howFound(kind, options.era, era, client.getProtocolEra()),
    awaited,
    closed,
    fetch: opened.fetch,
    listeners,
    stray: () => stray,
    settled: traced.settled,
    explain: (error) => explain(error, circumstances()),
    hear: opened.hear,
    endSession: options.session === undefined ? opened.endSession : undefined,
  };
}

function howFound(
  kind: TransportKind,
  asked: EraChoice | undefined,
  tried: EraChoice,
  era: string | undefined,
): string {
  if (kind === 'sse') return 'the transport has no other';
  if (tried === 'auto') return era === 'modern' ? 'it answers server/discover' : 'it does not know server/discover';
  return asked === undefined ? 'what is spoken over stdio unless --era says otherwise' : 'asked for';
}
