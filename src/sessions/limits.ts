/** Events that one stream keeps; older ones are dropped. */
export const EVENTS_PER_STREAM = 1_000;
/** Streams whose events one session keeps. */
export const STREAMS_PER_SESSION = 64;
/** Characters of all the events that one session keeps (in Redis: bytes). */
export const EVENT_CHARACTERS_PER_SESSION = 4_000_000;
/** Characters of the events of all the sessions that one process keeps in memory. */
export const EVENT_CHARACTERS_IN_MEMORY = 256_000_000;
/** Events that one `read` returns at most when its caller names no limit. */
export const EVENTS_PER_READ = 100;
/** Characters of a session id. */
export const SESSION_ID_LENGTH = 200;
/** Resources that one session may subscribe to, and bytes of all their URIs. */
export const SUBSCRIPTIONS_PER_SESSION = 100;
export const SUBSCRIPTION_BYTES_PER_SESSION = 20_000;
/** Bytes of the `initialize` params, as JSON, that one session keeps. */
export const INITIALIZE_BYTES = 16_000;
/** Bytes of one calculation, as JSON: a history keeps `--history-limit` times as many at most. */
export const HISTORY_ENTRY_BYTES = 4_000;
/** How long a node counts as alive after its last renewal, ms. */
export const NODE_LEASE_MS = 3_000;
/** How often expired sessions are reclaimed in memory, ms at most. */
export const SWEEP_INTERVAL_MS = 30_000;
/** Values that one process keeps in memory; beyond it nothing new is written until some expire. */
export const VALUES_IN_MEMORY = 100_000;
/** Characters that they have as JSON, together; the large ones, which clients make, get half of it. */
export const VALUE_CHARACTERS_IN_MEMORY = 50_000_000;
export const LARGE_VALUE_CHARACTERS = 4_000;
/** Keys whose counts one process keeps in memory. */
export const COUNTED_KEYS = 100_000;
/** How long a request waits for its count, ms. */
export const COUNT_TIMEOUT_MS = 500;

/** Equal changes are told at most once in so long a time, ms, and so many different ones are held back at once. */
export const CHANGE_INTERVAL_MS = 200;
export const CHANGES_IN_WAIT = 10_000;
/** Of those who hear a change, so many are told before others have their turn: with what each then sends, some milliseconds. */
export const HEARERS_AT_ONCE = 50;
/** For how long a node that follows changes is believed to, ms; it says so three times as often. */
export const CHANGES_WANTED_MS = 30_000;
/** How long nodes may take to say so to one that begins, ms. */
export const CHANGES_ANSWER_MS = 5_000;

/** Tasks that one owner may have at once, and all callers without a name together. */
export const TASKS_PER_OWNER = 1_000;
export const TASKS_OF_NOBODY = 10_000;
/** Bytes that a task keeps as JSON: its result or error, one of its questions, the answers of one request. */
export const TASK_OUTCOME_BYTES = 1_000_000;
export const TASK_QUESTION_BYTES = 64_000;
export const TASK_ANSWERS_BYTES = 64_000;
/** Characters of the message that says what a task is in. */
export const TASK_MESSAGE_CHARACTERS = 1_000;
/** Characters of all tasks that one process keeps in memory. */
export const TASK_CHARACTERS_IN_MEMORY = 256_000_000;
