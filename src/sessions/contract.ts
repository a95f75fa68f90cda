import type { TaskStore } from './task-contract.js';

/**
 * The storage contracts. A session is data: nothing live belongs to it, so any node that shares the
 * stores can serve any request of any session. `memory/` and `redis/` implement them, and one suite
 * (test/contract) holds both to the words below, and to those of `task-contract.ts`.
 */

/**
 * What the store keeps of one session. Times are milliseconds since the epoch. A record that was handed out
 * is a snapshot: it never changes, and nobody may write to it.
 */
export interface SessionRecord {
  /** Visible ASCII without braces, at most `SESSION_ID_LENGTH` characters; any other id names no session. */
  readonly id: string;
  /**
   * The client's `initialize` params, as JSON text: what a call knows of its client, and what an author's SDK server gets
   * replayed. Parsed where it is looked at: a text takes the room of its characters, an object up to twenty times as much.
   */
  readonly initialize: string;
  /** The negotiated protocol version. */
  readonly protocolVersion: string;
  /** Issuer and subject of the token that opened the session; absent where nobody had to sign in. */
  readonly owner?: string;
  readonly createdAt: number;
  readonly lastActivity: number;
  /** Requests counted by `touch`. */
  readonly requestCount: number;
  /** All calculations the session ever acknowledged; the history keeps only the newest. */
  readonly calculationCount: number;
  /** The minimum level of `notifications/message`, where the client has set one. */
  readonly logLevel?: string;
  /** Whether the client has subscribed to any resource; to which, `subscriptions` and `isSubscribed` tell. */
  readonly subscribed: boolean;
  /** Whether a client has ever opened the standalone stream. */
  readonly listened: boolean;
}

/** What `create` needs; counters start at zero and times at now. */
export type NewSession = Pick<SessionRecord, 'id' | 'initialize' | 'protocolVersion' | 'owner'>;

/** A change of a record: each part is applied atomically, whatever other nodes do meanwhile. */
export interface SessionPatch {
  /** What the client has said of itself, as JSON text, and the version negotiated: over stdio and SSE the session is there before. */
  initialize?: SessionRecord['initialize'];
  protocolVersion?: string;
  logLevel?: string;
  subscribe?: string;
  unsubscribe?: string;
  listened?: true;
}

/** One calculation of the history. The store reads nothing of it but its id. */
export interface HistoryEntry {
  readonly id: string;
  readonly [key: string]: unknown;
}

/**
 * A session that is not used for the TTL is gone, with all that it owns. Whatever writes to it is use and renews the TTL
 * (`touch`, `renew`, `update`, `appendHistory`, and `append` of the event log); reading is not.
 * Every method rejects with {@link StoreUnavailableError} when the storage does not answer.
 */
export interface SessionStore {
  /**
   * Persists a new session; when the promise resolves, every node can load it.
   * Rejects with {@link SessionLimitError} when `--max-sessions` sessions are open, with
   * {@link SessionIdError} when the id is in use or can't be one, with {@link TooLongError} when its `initialize`
   * has more than `INITIALIZE_BYTES`.
   */
  create(session: NewSession): Promise<void>;
  /**
   * Loads the record, counts one request and renews the TTL of all that the session owns: one round trip.
   * A session of another owner is as good as absent: it is neither counted nor renewed.
   */
  touch(id: string, owner?: string): Promise<SessionRecord | undefined>;
  /** Loads the record, counting and renewing nothing. */
  peek(id: string): Promise<SessionRecord | undefined>;
  /** Renews the TTL alone, for a stream that stays open while nothing is asked; false when the session does not exist. */
  renew(id: string): Promise<boolean>;
  /**
   * Applies a patch; false when the session does not exist (it is not created). Rejects with
   * {@link SubscriptionLimitError} at the subscription beyond `SUBSCRIPTIONS_PER_SESSION` or
   * `SUBSCRIPTION_BYTES_PER_SESSION`, with {@link TooLongError} as `create` does, and then nothing is applied.
   */
  update(id: string, patch: SessionPatch): Promise<boolean>;
  /** Resource URIs that the client has subscribed to, in no particular order; none when the session does not exist. */
  subscriptions(id: string): Promise<string[]>;
  isSubscribed(id: string, uri: string): Promise<boolean>;
  /** Ends the session, deletes all that it owns, event logs included, and wakes their followers; false when there was none. */
  end(id: string): Promise<boolean>;
  /**
   * Appends one calculation atomically, keeps the newest `historyLimit`, and counts it.
   * Resolves to the session's calculation count, or undefined when the session does not exist. Rejects with
   * {@link TooLongError} when the entry has more than `HISTORY_ENTRY_BYTES` as JSON.
   */
  appendHistory(id: string, entry: HistoryEntry): Promise<number | undefined>;
  /** The newest calculations, newest first, at most `limit`; none when the session does not exist. */
  history(id: string, limit: number): Promise<HistoryEntry[]>;
  /** How many sessions are open, over all nodes. */
  count(): Promise<number>;
  /** The open sessions of all nodes that were used last, at most `limit`, the newest use first: for an operator's eyes. A storage may have none of it. */
  list?(limit: number): Promise<SessionRecord[]>;
  /** Releases timers and connections; sessions stay where the store is shared. */
  close(): Promise<void>;
}

/** One event of a stream. */
export interface LogEvent {
  /** `{streamId}:{position}`: unique in the session, increasing in the stream. Free of spaces and line ends. */
  readonly id: string;
  /**
   * The serialized JSON-RPC message. An event without one is a JSON array of the request ids that the stream answers
   * (how an exchange opens its stream), or an empty string (a priming event, or an end with nothing left to say).
   */
  readonly message: string;
  /** Whether the stream ends with this event (the last answer that its POST waited for). */
  readonly last: boolean;
}

/** Where and what to append. Stream ids are made by the transport: letters, digits, `-`, `_` and `.`. */
export interface Append {
  sessionId: string;
  streamId: string;
  /** One event each, in this order. */
  messages: readonly string[];
  /** Whether the stream ends with the last of them. */
  last?: boolean;
}

/**
 * The append-only log of a session's streams. A stream has at most `EVENTS_PER_STREAM` events: older ones
 * are dropped, and reading from a dropped position is an {@link UnknownEventError}, never a silent gap.
 * A session has at most `STREAMS_PER_SESSION` streams and `EVENT_CHARACTERS_PER_SESSION` in all of them: what makes
 * room is the stream that has ended and was appended to least recently, and the others only when none has. In memory, all
 * sessions together have `EVENT_CHARACTERS_IN_MEMORY`: what makes room there are the sessions that hold the most.
 */
export interface EventLog {
  /**
   * Appends events, all or none, renews the session's TTL and wakes every follower on every node. Resolves to their ids,
   * or to none when nothing was kept: the session is gone, or the stream has had its last event
   * (so of several nodes that end one stream, one does).
   */
  append(events: Append): Promise<readonly string[]>;
  /**
   * The events after `after` (all when absent), oldest first, at most `limit` (`EVENTS_PER_READ` when absent).
   * A stream that nothing was appended to, and one of a session that is gone, is empty.
   * Rejects with {@link UnknownEventError} when `after` is not an event of this session and stream.
   */
  read(sessionId: string, streamId: string, after?: string, limit?: number): Promise<LogEvent[]>;
  /** The id of the newest event of a stream, or undefined while it has none. */
  newest(sessionId: string, streamId: string): Promise<string | undefined>;
  /**
   * Calls `wake` whenever events may have been appended after this promise resolved, by any node, and when the
   * session is ended. Read after following, and nothing can fall between. Resolves to a function that stops it.
   * Following a stream of a session that is gone wakes nobody.
   */
  follow(sessionId: string, streamId: string, wake: () => void): Promise<() => void>;
  close(): Promise<void>;
}

/** A message from node to node; the receiver decides by `kind`. JSON values only. */
export interface NodeMessage {
  readonly kind: string;
  readonly sessionId: string;
  readonly [key: string]: unknown;
}

export interface MessageBus {
  /** This process: random, made at start, letters and digits only. */
  readonly nodeId: string;
  /**
   * Delivers to one node, itself included, in the order of the calls; false when there is no node of that id. Rejects with
   * {@link StoreUnavailableError} when it can't be said yet whether there is one: after an outage or a failover.
   */
  send(nodeId: string, message: NodeMessage): Promise<boolean>;
  /** Delivers to every node, this one included (even when it then rejects because the others can't be told). */
  tellAll(message: NodeMessage): Promise<void>;
  /** Registers the receiver. A receiver that throws is logged, and the next ones still run. */
  onMessage(receive: (message: NodeMessage) => void): () => void;
  /** Whether that node's lease is still renewed: a node that died with kill -9 is not alive within `NODE_LEASE_MS`. */
  isAlive(nodeId: string): Promise<boolean>;
  close(): Promise<void>;
}

/** A JSON object without a member `recordVersion`, which is the store's. It is kept as text: what is read is never what was written, but a copy. */
export type StoredValue = Readonly<Record<string, unknown>>;

/**
 * Small values that belong to no session, each with a lifetime; an expired one is as good as never written. In memory
 * there are at most `VALUES_IN_MEMORY`. Every method rejects with {@link StoreUnavailableError} when the storage does
 * not answer or can hold no more.
 *
 * Keys that begin with the same `{…}` are kept together, and only such keys may be read together (Redis Cluster).
 */
export interface ValueStore {
  put(key: string, value: StoredValue, ttlMs: number): Promise<void>;
  /** The values of these keys, in their order, in one round trip. */
  read(...keys: string[]): Promise<(StoredValue | undefined)[]>;
  /** Reads and deletes as one: of several callers, on any nodes, one gets the value. */
  take(key: string): Promise<StoredValue | undefined>;
  /** True for the first caller only, until the lifetime ends: the mark that makes something single-use. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  /** Gives an entry a new lifetime from now on; false, and nothing created, where there is none. */
  renew(key: string, ttlMs: number): Promise<boolean>;
  remove(key: string): Promise<void>;
}

/** Something that listeners want to hear of: a list that has changed, a resource, or a task. */
export interface Change {
  readonly kind: 'tools' | 'prompts' | 'resources' | 'resource' | 'task';
  /** Of the resource. */
  readonly uri?: string;
  readonly taskId?: string;
  /** Whose it is, where it is not everybody's: no one else is told. */
  readonly owner?: string;
  /** The session whose request made the change, and has told it of this one. */
  readonly by?: string;
}

/**
 * Changes, told over all nodes as they happen: there is no replay. Of equal changes that follow one another within
 * `CHANGE_INTERVAL_MS`, the first is told at once and the last at the end of it; who made them does not make them differ, and is
 * not told of the last.
 */
export interface ChangeFeed {
  /**
   * Tells all nodes, this one included; where the others can't be told, they are not. False where that is put off to the end of an
   * interval.
   */
  publish(change: Change): boolean;
  /**
   * Calls `hear` for every change after this promise resolved, until the function is called to which it does. Rejects with
   * {@link StoreUnavailableError} where the other nodes can't be told that somebody follows.
   */
  follow(hear: (change: Change) => void): Promise<() => void>;
  close(): void;
}

/** How often something was counted in the window that is open now, and how long that still is, ms. */
export interface WindowCount {
  readonly hits: number;
  readonly leftMs: number;
}

/** What a server needs of its storage, made as one because Redis shares connections between them. */
export interface Storage {
  readonly mode: 'in-memory' | 'redis';
  readonly sessions: SessionStore;
  readonly events: EventLog;
  readonly bus: MessageBus;
  readonly values: ValueStore;
  readonly changes: ChangeFeed;
  readonly tasks: TaskStore;
  /**
   * Counts `by` more under the key, one by default, over all nodes, in one round trip. The first count opens a window of `windowMs`, and
   * the first after its end the next one. In memory, of more than `COUNTED_KEYS` the window that began first is forgotten.
   * Rejects with {@link StoreUnavailableError} when the storage takes longer than `COUNT_TIMEOUT_MS`: a count is
   * taken before each request, which is not to wait for it.
   */
  count(key: string, windowMs: number, by?: number): Promise<WindowCount>;
  /**
   * `ready`; with Redis also `reconnecting`, `unavailable` after a command that got no reply, and `refusing` while it
   * answers that it won't (out of memory, without its replicas, no rights …). Found without waiting.
   */
  status(): string;
  /**
   * Resolves when the storage answers and takes writes (with Redis: took this node's last heartbeat); rejects with
   * {@link StoreUnavailableError} when it does not.
   */
  ping(): Promise<void>;
  close(): Promise<void>;
}
