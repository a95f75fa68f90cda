import { isModern } from '../../rpc/versions.js';
import type { Metrics } from '../../metrics.js';
import type { CallLimit } from '../../protocol/call-limit.js';
import type { SessionRecord, Storage } from '../../sessions/contract.js';
import type { Telemetry } from '../../telemetry/contract.js';
import type { KeepAlive } from '../keep-alive.js';
import type { ReadOptions, Received } from '../read-request.js';
import { missingSession, unknownSession } from '../refusals.js';
import type { Exchange } from './exchange.js';
import type { Patience } from '../../net/patience.js';
import type { Reply } from './reply.js';
import type { Routing } from './routing.js';

export interface StreamableHttpOptions extends ReadOptions {
  /** Absent for a stateless server. */
  readonly storage?: Storage;
  readonly metrics: Metrics;
  /** Absent where nobody asked for traces. */
  readonly telemetry?: Telemetry;
  readonly keepAlive: KeepAlive;
  /** Demands what the specification demands, and forgives nothing. */
  readonly strict: boolean;
  /** How long a call may run before its answer becomes a stream, ms. */
  readonly sseAfterMs: number;
  /** For how long a request may be worked on, ms; 0 for no limit. */
  readonly callTimeoutMs: number;
  /** How long a session lives after its last use, ms: an open stream renews it in time. */
  readonly sessionTtlMs: number;
  /** Told of the work on each request, where the process may be stopped as soon as nobody waits for anything. */
  readonly waitFor?: (work: Promise<void>) => void;
  /** Numbers the exchanges, where several endpoints of one node have them; each by itself where it is absent. */
  readonly nextNumber?: () => number;
}

/** What one request of the transport is served with. */
export interface Endpoint extends StreamableHttpOptions {
  /** What runs now; each has an id that no other exchange of this process has. */
  readonly exchanges: Set<Exchange>;
  nextExchangeId(): string;
  /** What becomes of an answer that is long in coming. */
  readonly patience: Patience<Reply>;
  readonly limit: CallLimit;
  /** Whether nothing is begun any more. */
  isClosed(): boolean;
  /** Absent when stateless. */
  readonly routing?: Routing;
}

export type StatefulEndpoint = Endpoint & { readonly storage: Storage; readonly routing: Routing };

/**
 * The session that a request names, counted and renewed: one round trip to the store. Throws an HttpError: 400 when it
 * names none, 404 when there is none such for this caller.
 */
export async function sessionOf({ sessionId, owner }: Received, { sessions }: Storage): Promise<SessionRecord> {
  if (sessionId === undefined) throw missingSession();
  const record = await sessions.touch(sessionId, owner);
  // What the modern era keeps is found in the modern era.
  if (!record || isModern(record.protocolVersion)) throw unknownSession();
  return record;
}
