import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport, getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { AwaitedAnswers } from './awaited-answers.js';
import type { Callbacks } from './callbacks.js';
import { observeFetch } from './http-request.js';
import type { HttpTarget, StdioTarget } from './target.js';
import { watchStreams } from './watch-streams.js';

export type TransportKind = 'stdio' | 'sse' | 'streamable-http';

/** Characters of a server's stderr or stray output that are kept to explain its end. */
const KEPT_OUTPUT = 4_000;
/** Bytes of one message over stdio. */
const MESSAGE_BYTES = 64_000_000;

export interface OpenTransport {
  readonly transport: Transport;
  /** The last that a stdio server wrote to stderr. */
  stderr?(): string;
  /** Tells a server that has not even shaken hands to end, without the time that one may take to leave properly. */
  abandon?(): void;
  /** Ends the session at the server, where the transport has sessions. */
  endSession?(): Promise<void>;
}

/** How requests are authorized: wraps the fetch that sends them. */
export type Authorize = (fetchFn: FetchLike) => FetchLike;

export function openHttp(
  kind: 'sse' | 'streamable-http',
  target: HttpTarget,
  awaited: AwaitedAnswers,
  callbacks: Callbacks,
  { authorize, fetch: fetchFn = fetch }: { authorize?: Authorize; fetch?: FetchLike },
): OpenTransport {
  // Innermost, so that it shows the request with its token.
  const observed = callbacks.onRequest ? observeFetch(fetchFn, callbacks.onRequest) : fetchFn;
  const authorized = authorize ? authorize(observed) : observed;
  const options = { requestInit: { headers: { ...target.headers } } };
  if (kind === 'sse') {
    const transport = new SSEClientTransport(target.url, { ...options, fetch: authorized });
    return { transport };
  }
  const transport = new StreamableHTTPClientTransport(target.url, {
    ...options,
    fetch: watchStreams(authorized, (stream) => awaited.streamEnded(stream)),
  });
  return { transport, endSession: () => transport.terminateSession() };
}

export function openStdio(target: StdioTarget, callbacks: Callbacks): OpenTransport {
  const transport = new StdioClientTransport({
    command: target.command,
    args: [...target.args],
    env: { ...(target.env ?? getDefaultEnvironment()) },
    cwd: target.cwd,
    stderr: 'pipe',
    maxBufferSize: MESSAGE_BYTES,
  });
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

/** The process may have ended a moment ago. */
function signalTo(pid: number | null, signal: NodeJS.Signals): void {
  try {
    if (pid !== null) process.kill(pid, signal);
  } catch {
    // It has.
  }
}
