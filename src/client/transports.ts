import { ReadBuffer, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { FetchLike, Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport, getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
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
  /** Sends requests as the transport does, with what authorizes them. */
  readonly fetch?: FetchLike;
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
  const { onRequest, onAnswer } = callbacks;
  const observed = onRequest || onAnswer ? observeFetch(fetchFn, onRequest, onAnswer) : fetchFn;
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
  return { transport, fetch: authorized, endSession: () => transport.terminateSession() };
}

/** The SDK probes a process of its very own class on a second one, which is of no use where there is no era to fall back to. */
class ProbedInPlace extends StdioClientTransport {}

/** The SDK leaves out lines that are not JSON without a word. */
class TellingBuffer extends ReadBuffer {
  private line = '';

  constructor(private readonly onStray: (line: string) => void) {
    super({ maxBufferSize: MESSAGE_BYTES });
  }

  override append(chunk: Buffer): void {
    const [rest = '', ...lines] = chunk.toString('utf8').split('\n');
    this.line = (this.line + rest).slice(0, KEPT_OUTPUT);
    for (const next of lines) {
      if (!/^\s*([[{]|$)/.test(this.line)) this.onStray(this.line);
      this.line = next.slice(0, KEPT_OUTPUT);
    }
    super.append(chunk);
  }
}

export function openStdio(
  target: StdioTarget,
  callbacks: Callbacks,
  inPlace: boolean,
  onStray: (line: string) => void,
): OpenTransport {
  const transport = new (inPlace ? ProbedInPlace : StdioClientTransport)({
    command: target.command,
    args: [...target.args],
    env: { ...(target.env ?? getDefaultEnvironment()) },
    cwd: target.cwd,
    stderr: 'pipe',
  });
  Object.assign(transport, { _readBuffer: new TellingBuffer(onStray) });
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
