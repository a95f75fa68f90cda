import type { Era } from '../rpc/era.js';

/**
 * How an operation ended; `tool_error` is a result with `isError`, `error` a JSON-RPC error, `input_required` a round that ended with
 * questions, `task` a call that became one.
 */
export type Outcome = 'ok' | 'tool_error' | 'error' | 'cancelled' | 'input_required' | 'task';

/** Why a session is no more; `disconnected` is a legacy one, which ends with its connection. */
export const SESSION_ENDS = ['deleted', 'expired', 'disconnected'] as const;
export type SessionEnd = (typeof SESSION_ENDS)[number];

/** What the program counts. Plain functions, so that they can be passed on one by one. */
export interface Metrics {
  calculation(operation: string): void;
  /** Calculations since the process started, by operation. */
  calculations(): Readonly<Record<string, number>>;
  /** One JSON-RPC request; `tool` only for `tools/call`, `code` only of a JSON-RPC error. */
  operation(era: Era, method: string, tool: string | undefined, outcome: Outcome, seconds: number, code?: number): void;
  /** One HTTP exchange; `route` is a path that is served, or `other`. */
  httpRequest(method: string, route: string, status: number, seconds: number): void;
  /** A request that was turned away, and why: a word of a fixed set. */
  refusal(reason: string): void;
  sessionCreated(): void;
  /** `seconds` that it lived, where that is known: of one that has expired, it is not. */
  sessionEnded(reason: SessionEnd, seconds?: number): void;
  streamOpened(): void;
  streamClosed(): void;
  /** The storage failed; `kind` names the call. */
  storeError(kind: string): void;
  /** The text exposition format, for `/metrics`. */
  render(): Promise<{ contentType: string; text: string }>;
}
