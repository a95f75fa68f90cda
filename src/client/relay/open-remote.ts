import { setTimeout as delay } from 'node:timers/promises';
import type { JSONRPCMessage, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { withDeadline } from '../../net/time-limit.js';
import type { RequestId } from '../../rpc/messages.js';
import { httpStatusOf } from '../errors.js';
import { TIMED_OUT } from '../explain.js';
import type { HttpTarget } from '../target.js';
import { LATEST_RETRY_MS, openHttp } from '../transports.js';
import type { Authorize, OpenTransport } from '../transports.js';

/** How often a broken stream is asked for again: over most of a minute, in which a server can be started anew. */
const RETRIES = 8;
/** How long the older transport may take to name the address for messages, ms. */
const ENDPOINT_MS = 10_000;

/** `on` is where it happens: some of it before {@link openRemote} has resolved to that. */
export interface RemoteListeners {
  onMessage(message: JSONRPCMessage, on: OpenTransport): void;
  /** The answer to this request comes on a stream. */
  onStream(id: RequestId): void;
  onTooMuch(error: Error): void;
  /** The server refuses a stream because it no longer knows the session. */
  onSessionLost(on: OpenTransport): void;
  /** The one stream of the older transport has ended. */
  onStreamLost(on: OpenTransport): void;
}

/** Opens a transport that looks after its streams: a client over a pipe does not know that there are any. */
export async function openRemote(
  kind: 'streamable-http' | 'sse',
  { target, authorize }: { readonly target: HttpTarget; readonly authorize?: Authorize },
  listeners: RemoteListeners,
): Promise<OpenTransport> {
  const streams = { streamOpened: (id: RequestId) => listeners.onStream(id) };
  const opened = openHttp(kind, target, streams, {}, { authorize, retries: RETRIES }, (error) =>
    listeners.onTooMuch(error),
  );
  const { transport } = opened;
  let isOpen = false;
  let closed = false;
  let listening: Promise<void> | undefined;
  transport.onclose = () => (closed = true);
  transport.onmessage = (message) => listeners.onMessage(message, opened);
  transport.onerror = (error) => {
    const { code } = error as { code?: unknown };
    if (code === 'CLIENT_HTTP_FAILED_TO_OPEN_STREAM' && httpStatusOf(error) === 404) listeners.onSessionLost(opened);
    // Also that of a call has been given up, where the other lives: the server has one stream for each session, and replaces it.
    if (/^Maximum reconnection attempts/.test(error.message))
      listening ??= listenAgain().finally(() => (listening = undefined));
    // Before it is open, whoever opens it is told.
    if (kind === 'sse' && /^SSE error/.test(error.message) && isOpen && !closed) {
      void transport.close();
      listeners.onStreamLost(opened);
    }
  };
  /** What the server says unasked is listened for as long as there is a session, however long the server was away. */
  async function listenAgain(): Promise<void> {
    for (;;) {
      await delay(LATEST_RETRY_MS, undefined, { ref: false });
      if (closed || transport.sessionId === undefined) return;
      try {
        return await (transport as StreamableHTTPClientTransport).resumeStream('');
      } catch (error) {
        // The next time, unless there is one, or none is offered.
        if ([405, 409].includes(httpStatusOf(error) ?? 0)) return;
      }
    }
  }
  await withDeadline(transport.start(), ENDPOINT_MS, TIMED_OUT).catch(async (error: unknown) => {
    await transport.close().catch(() => undefined);
    throw error;
  });
  isOpen = true;
  return opened;
}
