import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { FetchLike, Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport, getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { boundedFetch } from './bounded-fetch.js';
import type { Callbacks } from './callbacks.js';
import { observeFetch } from './http-request.js';
import { LineBuffer } from './line-buffer.js';
import type { TooMuchError } from './message-meter.js';
import type { HttpTarget, StdioTarget } from './target.js';
import { watchStreams } from './watch-streams.js';
import type { StreamListener } from './watch-streams.js';

export type TransportKind = 'stdio' | 'sse' | 'streamable-http';

/** Characters of a server's stderr or stray output that are kept to explain its end. */
const KEPT_OUTPUT = 4_000;
/** How soon, and how late, a broken stream is asked for again, ms, whatever its server wishes. */
const SOONEST_RETRY_MS = 100;
export const LATEST_RETRY_MS = 30_000;

/** How often it is asked for, where nobody says otherwise, and how the time in between grows. */
const USUAL_RETRIES = 2;
const RETRYING = {
  initialReconnectionDelay: 1_000,
  reconnectionDelayGrowFactor: 1.5,
  maxReconnectionDelay: LATEST_RETRY_MS,
};
const retryMs = (attempt: number): number =>
  RETRYING.initialReconnectionDelay * RETRYING.reconnectionDelayGrowFactor ** (attempt - 1);

export interface OpenTransport {
  readonly transport: Transport;
  /** The last that a stdio server wrote to stderr. */
  stderr?(): string;
  /** Why the server refused a token, in its own words, where it has. */
  refusal?(): string | undefined;
  /** Tells a server that has not even shaken hands to end, without the time that one may take to leave properly. */
  abandon?(): void;
  /** Sends requests as the transport does, with what authorizes them. */
  readonly fetch?: FetchLike;
  /** Opens the stream of what the server says unasked, where no handshake has. */
  hear?(): Promise<void>;
  /** Ends the session at the server, where the transport has sessions. */
  endSession?(): Promise<void>;
}

/** How requests are authorized: wraps the fetch that sends them. */
export type Authorize = (fetchFn: FetchLike) => FetchLike;

interface HttpOptions {
  readonly authorize?: Authorize;
  readonly fetch?: FetchLike;
  /** How often a broken stream is asked for again. */
  readonly retries?: number;
  /** The id of a session that is there. */
  readonly session?: string;
}

export function openHttp(
  kind: 'sse' | 'streamable-http',
  target: HttpTarget,
  streams: StreamListener,
  callbacks: Callbacks,
  { authorize, fetch: fetchFn = fetch, retries = USUAL_RETRIES, session }: HttpOptions,
  onTooMuch: (error: TooMuchError) => void,
): OpenTransport {
  // Before whoever reads a body: also those of errors that are shown.
  let refusal: string | undefined;
  const noted: FetchLike = async (url, init) => {
    const response = await fetchFn(url, init);
    if (response.status === 401) refusal = describedIn(response.headers.get('www-authenticate') ?? '');
    return response;
  };
  const bounded = boundedFetch(noted, onTooMuch);
  // Innermost, so that it shows the request with its token.
  const { onRequest, onAnswer, onStreamLine } = callbacks;
  const observed = onRequest || onAnswer ? observeFetch(bounded, onRequest, onAnswer, onStreamLine) : bounded;
  const authorized = authorize ? authorize(observed) : observed;
  const options = { requestInit: { headers: { ...target.headers } } };
  if (kind === 'sse') {
    const transport = new SSEClientTransport(target.url, { ...options, fetch: authorized });
    return { transport, refusal: () => refusal };
  }
  const transport = new StreamableHTTPClientTransport(target.url, {
    ...options,
    sessionId: session,
    fetch: watchStreams(authorized, streams),
    reconnectionOptions: { ...RETRYING, maxRetries: retries },
    reconnectionScheduler: (reconnect, wishedMs, attempt) => {
      // What a server wishes holds for one that is there: it may be gone for longer.
      const soonestMs = attempt === 0 ? SOONEST_RETRY_MS : retryMs(attempt);
      const timer = setTimeout(reconnect, Math.min(Math.max(wishedMs, soonestMs), LATEST_RETRY_MS));
      return () => clearTimeout(timer);
    },
  });
  return {
    transport,
    fetch: authorized,
    refusal: () => refusal,
    endSession: () => transport.terminateSession(),
    hear: () => transport.resumeStream(''),
  };
}

/** What a challenge says of the token that was sent (RFC 6750, 3); the SDK drops it, with the body. */
function describedIn(challenge: string): string | undefined {
  return /\berror_description="([^"]{1,1000})"/.exec(challenge)?.[1];
}

/** The SDK probes a process of its very own class on a second one, which is of no use where there is no era to fall back to. */
class ProbedInPlace extends StdioClientTransport {}

export function openStdio(
  target: StdioTarget,
  callbacks: Callbacks,
  inPlace: boolean,
  onStray: (line: string) => void,
  onTooMuch: (error: TooMuchError) => void,
): OpenTransport {
  const transport = new (inPlace ? ProbedInPlace : StdioClientTransport)({
    command: target.command,
    args: [...target.args],
    env: { ...(target.env ?? getDefaultEnvironment()) },
    cwd: target.cwd,
    stderr: 'pipe',
  });
  Object.assign(transport, { _readBuffer: new LineBuffer(onStray, onTooMuch) });
  let kept = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    kept = (kept + text).slice(-KEPT_OUTPUT);
    callbacks.onStderr?.(text);
  });
  // Kept, because the transport forgets it as soon as it begins to close, and may then wait for seconds.
  let pid: number | null = null;
  const start = transport.start.bind(transport);
  transport.start = async () => {
    await start();
    pid = transport.pid;
    giveTurns((transport as unknown as { _process?: ChildProcess })._process?.stdout);
  };
  // A server that ignores the end of its input must not outlive this process.
  const kill = (): void => signalTo(pid, 'SIGKILL');
  process.once('exit', kill);
  // The stream closes with the process.
  transport.stderr?.once('close', () => {
    pid = null;
    process.off('exit', kill);
  });
  return { transport, stderr: () => kept, abandon: () => signalTo(pid, 'SIGTERM') };
}

/** Has what is read wait for a turn of the loop after each chunk: libuv hands over megabytes in one, and neither timers nor Ctrl-C come to it meanwhile. */
function giveTurns(stdout: Readable | null | undefined): void {
  stdout?.on('data', () => {
    stdout.pause();
    setImmediate(() => stdout.resume());
  });
}

/** The process may have ended a moment ago. */
function signalTo(pid: number | null, signal: NodeJS.Signals): void {
  try {
    if (pid !== null) process.kill(pid, signal);
  } catch {
    // It has.
  }
}
