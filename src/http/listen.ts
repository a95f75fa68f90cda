import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { DEFAULT_HOST, httpOrigin } from '../net/addresses.js';
import { RPC } from '../rpc/errors.js';
import { ListenError, sendJsonRpcError } from './errors.js';
import { securityHeaderList } from './middleware/standing-headers.js';
import type { Refusal } from './reasons.js';

/** Load balancers keep idle connections for 60 s or less: ours must be the longer breath, or requests meet a closed door. */
export const KEEP_ALIVE_MS = 75_000;
/** How often Node looks for connections that are over time. */
const CHECK_INTERVAL_MS = 5_000;
/** Requests of one connection that may wait for their answers; who pipelines more is cut off, before all of them are made. */
export const PIPELINED_REQUESTS = 16;
/** How often a server that stops lets go of the connections that have become idle. */
const CLOSE_IDLE_MS = 50;
/** How long a connection that is new when the server stops may take to send its first byte. */
const FIRST_BYTE_MS = 500;

/** A connection: when it was opened, and the responses of its requests that wait for their answers. */
interface Held {
  readonly opened: number;
  readonly inFlight: ServerResponse[];
}

export interface ListenOptions {
  /** 127.0.0.1 where it is absent. */
  host?: string;
  /** 0 takes a free one. */
  port: number;
  maxConnections: number;
  headersTimeoutMs: number;
  /** For a whole request, headers and body. A shorter one shortens the time for the headers as well. */
  requestTimeoutMs: number;
  /** For a client to take some of an answer that waits to be sent. */
  sendTimeoutMs: number;
  /** Told of every connection that was turned away without an answer of the app. */
  onRefused?: (reason: Refusal) => void;
}

export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** Without a path: `http://127.0.0.1:1453`. */
  readonly url: string;
  /** How many connections there have been. */
  connections(): number;
  /**
   * Takes no new connections, lets what is in flight finish, and resolves when the last connection is gone. Idle ones may be used
   * once more for `lingerMs`, then they are closed.
   */
  close(lingerMs?: number): Promise<void>;
  /** Closes every connection at once. */
  destroy(): void;
}

/** Serves `app`; resolves when it listens, rejects with a {@link ListenError} when it can't. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host = DEFAULT_HOST, port, maxConnections, requestTimeoutMs: requestTimeout, onRefused = () => {} } = options;
  const headersTimeout = Math.min(options.headersTimeoutMs, requestTimeout);
  let closing = false;
  // Node's timer of a socket is set back by every byte that goes out, and by nothing that merely waits.
  const cutUnread = (socket: Socket) => {
    if (socket.writableLength === 0) return;
    onRefused('unread');
    socket.destroy();
  };
  const server = createServer(
    {
      headersTimeout,
      requestTimeout,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, Math.ceil(headersTimeout / 4)),
      // Node's own refusal has no body and no headers; a guard has both.
      requireHostHeader: false,
    },
    (req, res) => {
      if (req.socket.destroyed) return;
      if (!countInFlight(req.socket, res)) {
        onRefused('pipelined');
        req.socket.destroy();
        return;
      }
      res.on('timeout', cutUnread).setTimeout(options.sendTimeoutMs);
      if (closing) res.setHeader('Connection', 'close');
      app(req, res);
    },
  );
  server.maxConnections = maxConnections;
  const securityHeaders = securityHeaderList();
  server.on('checkExpectation', (_req: IncomingMessage, res: ServerResponse) => {
    const headers = { ...Object.fromEntries(securityHeaders), Connection: 'close' };
    const message = 'Expectation failed: this server knows 100-continue alone';
    sendJsonRpcError(res, { status: 417, code: RPC.refused, message, headers });
  });
  server.on('drop', () => onRefused('connections'));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code !== 'ECONNRESET') onRefused(refusalOf(error).reason);
    answerMalformed(error, socket, securityHeaders);
  });
  const sockets = new Map<Socket, Held>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.set(socket, { opened: performance.now(), inFlight: [] });
    socket.once('close', () => {
      tellQueued(sockets.get(socket));
      sockets.delete(socket);
    });
  });
  /** False where there are too many. */
  const countInFlight = (socket: Socket, res: ServerResponse): boolean => {
    const held = sockets.get(socket);
    if (!held) return true;
    const { inFlight } = held;
    if (inFlight.length >= PIPELINED_REQUESTS) return false;
    inFlight.push(res);
    // Requests of a connection are answered in their order: it is the first, unless the connection is lost.
    res.on('close', () => {
      const at = inFlight.indexOf(res);
      if (at >= 0) inFlight.splice(at, 1);
    });
    return true;
  };
  await listening(server, host, port);

  const bound = (server.address() as AddressInfo).port;
  return {
    server,
    port: bound,
    url: httpOrigin(host, bound),
    connections: () => connections,
    close: (lingerMs = 0) => {
      closing = true;
      return closed(server, sockets, lingerMs);
    },
    destroy: () => {
      closing = true;
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Node tells of a lost connection only the response that holds the socket, and none of those that wait behind it. */
function tellQueued(held: Held | undefined): void {
  for (const res of [...(held?.inFlight ?? [])]) if (!res.socket && !res.writableFinished) res.destroy().emit('close');
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException) => reject(new ListenError(explain(cause, host, port), cause));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

/**
 * A connection that was busy when the server closed stays open, idle, for the whole keep-alive: so idle ones are asked for again.
 * One that has never sent a byte is not idle to Node, and clients open such ones in advance (undici after every abort); a
 * young one is a proxy's that is just about to send.
 */
function closed(server: Server, sockets: ReadonlyMap<Socket, Held>, lingerMs: number): Promise<void> {
  return new Promise((resolve) => {
    // The listener before all else: who connects meanwhile is reset. HTTP's own `close` would look for idle connections first.
    NetServer.prototype.close.call(server, () => {
      clearInterval(timer);
      resolve();
    });
    const lingering = performance.now() + lingerMs;
    const closeIdle = () => {
      if (performance.now() < lingering) return;
      server.closeIdleConnections();
      const young = performance.now() - FIRST_BYTE_MS;
      for (const [socket, { opened }] of sockets) if (socket.bytesRead === 0 && opened < young) socket.destroy();
    };
    const timer = setInterval(closeIdle, CLOSE_IDLE_MS);
    closeIdle();
  });
}

/** Answers what is no HTTP, or came too slowly. There is no request and no response here: only the socket. */
function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Socket,
  securityHeaders: readonly [name: string, value: string][],
): void {
  const { status, message } = refusalOf(error);
  // Bytes written into an answer that has begun would be taken for a part of it.
  const begun =
    (socket as Socket & { _httpMessage?: { headersSent: boolean } | null })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || !socket.writable || begun) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: RPC.refused, message }, id: null });
  const headers = [
    ['Connection', 'close'],
    ['Content-Type', 'application/json'],
    ['Content-Length', body.length],
    ...securityHeaders,
  ].map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n'), () => socket.destroy());
}

function refusalOf({ code }: NodeJS.ErrnoException) {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        reason: 'headers_too_large',
        status: '431 Request Header Fields Too Large',
        message: 'The request headers are too large',
      } as const;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        reason: 'timeout',
        status: '408 Request Timeout',
        message: 'The request did not arrive in time',
      } as const;
    default:
      return { reason: 'malformed', status: '400 Bad Request', message: 'Malformed HTTP request' } as const;
  }
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): string {
  switch (cause.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use already: stop what listens there, or choose another port with --port`;
    case 'EACCES':
      return `Port ${port} on ${host} may not be opened by this user: choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine: choose another with --host`;
    case 'ENOTFOUND':
      return `${host} is not a known host name: choose another with --host`;
    default:
      return `Can't listen on ${host}, port ${port} (${cause.code ?? cause.message})`;
  }
}
