import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Refusal } from './reasons.js';
import type { RequestAuth } from './request.js';

/** What a transport reads of a request: Node's is one, and a fetch handler makes another. */
export interface Incoming {
  readonly method?: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  readonly auth?: RequestAuth;
  readonly socket: { readonly destroyed: boolean };
  /** Whether all of it has been read. */
  readonly complete: boolean;
  readonly countMore?: (requests: number) => Promise<void>;
  logFields?: Record<string, unknown>;
  refusal?: Refusal;
}

/** What a transport writes its answer to: Node's response is one, and a fetch handler makes another. */
export interface Outgoing {
  readonly req: Incoming;
  readonly destroyed: boolean;
  readonly headersSent: boolean;
  /** Bytes that nobody has taken yet, and whether a writer should wait for the event `drain`. */
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  writeHead(status: number, headers?: OutgoingHttpHeaders): { end(): unknown };
  flushHeaders(): void;
  write(text: string, written?: () => void): unknown;
  end(text?: string | Uint8Array): unknown;
  destroy(): unknown;
  on(event: 'close', listener: () => void): Outgoing;
  once(event: 'close' | 'drain', listener: () => void): Outgoing;
  off(event: 'close' | 'drain', listener: () => void): Outgoing;
}
