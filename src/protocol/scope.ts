import type { CallRequest, Caller } from '../catalog/context.js';
import type { Logger } from '../log.js';
import type { SessionRecord, Storage } from '../sessions/contract.js';

/** What surrounds a server while it lives: one exchange over HTTP, one connection over stdio and SSE. */
export interface Scope {
  /** The session as last loaded; absent when stateless, and before `initialize` on a connection. */
  record?: SessionRecord;
  /** Absent when stateless. */
  readonly storage?: Storage;
  readonly transport: CallRequest['transport'];
  /** The id under which this exchange or connection is logged. */
  readonly requestId: string;
  /** The caller's HTTP headers, lower-case, secrets redacted; computed only where a handler looks. */
  headers(): Readonly<Record<string, string>>;
  readonly caller?: Caller;
  /** The version of this exchange. */
  protocolVersion: string;
  readonly logger: Logger;
  /**
   * Replays the session's handshake into the server, once: for an exchange whose handlers seldom need it, because what
   * they ask of the client's `initialize` is in the record. Absent where the server has had it.
   */
  handshake?(): void;
}
