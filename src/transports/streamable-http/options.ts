import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import type { Binding } from '../../protocol/binding.js';
import type { Storage } from '../../sessions/contract.js';
import type { KeepAlive } from '../keep-alive.js';
import type { RefuseScopes } from '../scopes.js';

export interface StreamableHttpOptions {
  readonly binding: Binding;
  /** Absent for a stateless server. */
  readonly storage?: Storage;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly keepAlive: KeepAlive;
  /** Demands what the specification demands, and forgives nothing. */
  readonly strict: boolean;
  /** How long a call may run before its answer becomes a stream, ms. */
  readonly sseAfterMs: number;
  /** Bytes of a request body. */
  readonly bodyLimit: number;
  /** How long a session lives after its last use, ms: an open stream renews it in time. */
  readonly sessionTtlMs: number;
  /** Answers 403 `insufficient_scope`; absent where nobody has to sign in. */
  readonly refuseScopes?: RefuseScopes;
}
