/** A JSON object. Stores keep it as text, so that what is read is never what was written, but a copy. */
export type StoredValue = Readonly<Record<string, unknown>>;

/**
 * Where the authorization server keeps its state, so that any node can finish a flow that another began.
 * Every entry has a lifetime; an expired one is as good as never written. All methods reject with
 * `StoreUnavailableError` where the storage does not answer or can hold no more.
 *
 * Keys that begin with the same `{…}` are kept together, and only such keys may be read together (Redis Cluster).
 */
export interface AuthStore {
  put(key: string, value: StoredValue, ttlMs: number): Promise<void>;
  /** The values of these keys, in their order, in one round trip. */
  read(...keys: string[]): Promise<(StoredValue | undefined)[]>;
  /** Reads and deletes as one: of several callers, on any nodes, one gets the value. */
  take(key: string): Promise<StoredValue | undefined>;
  /** True for the first caller only, until the lifetime ends. The mark that makes a code or a refresh token single-use. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  /** Gives an entry a new lifetime from now on; false, and nothing created, where there is none. */
  renew(key: string, ttlMs: number): Promise<boolean>;
  remove(key: string): Promise<void>;
}
