import type { StreamableHttpOptions } from './options.js';
import type { Routing } from './routing.js';

/** What one request of the transport is served with. */
export interface Endpoint extends StreamableHttpOptions {
  /** Absent when stateless. */
  readonly routing?: Routing;
  /** A number that no other exchange of this process has. */
  nextExchange(): number;
}
