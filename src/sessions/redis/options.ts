import type { Logger } from '../../log.js';

/** Where Redis is and who we are to it. */
export interface RedisTarget {
  /** `redis://` or `rediss://`, with user, password and database number where needed; several, separated by commas, for Cluster. */
  url: string;
  cluster?: boolean;
  /** The URL then gives credentials, database and TLS alone; the sentinels say where the master is. */
  sentinel?: { name: string; hosts: readonly { host: string; port: number }[]; password?: string };
  /** Beside the URL's, and over it. */
  username?: string;
  password?: string;
  db?: number;
  /** `ca`: certificates (PEM) to trust beside those of the system. */
  tls?: boolean | { readonly ca?: string };
}

/** How a command failed: no reply in time, no connection, or a reply that is an error. */
export const FAILURE_KINDS = ['timeout', 'connection', 'reply'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export type Trace = <T>(operation: string, run: () => Promise<T>) => Promise<T>;

export interface RedisStorageOptions extends RedisTarget {
  /** What all keys and channels begin with. */
  prefix?: string;
  /** How long a session lives after its last use, ms. */
  ttlMs: number;
  /** Calculations that a session's history keeps. */
  historyLimit: number;
  /** Sessions that may be open at once, over all nodes; in a cluster, where nothing spans the slots, approximately. */
  maxSessions: number;
  /** Replicas that must have a write before it is acknowledged; with fewer, it is not, though it may be kept. */
  wait?: number;
  logger?: Logger;
  /** Called once for each session that expired, by one of the nodes; who does not ask leaves them to the others. */
  onExpired?: (sessionId: string) => void;
  /** Runs a command within a span of its own, for the traces. */
  trace?: Trace;
  /** Called for every command that failed, for the metrics. */
  onError?: (kind: FailureKind) => void;
}
