/** Events that one stream keeps; older ones are dropped. */
export const EVENTS_PER_STREAM = 1_000;
/** Streams whose events one session keeps in memory; the oldest is dropped. */
export const STREAMS_PER_SESSION = 64;
/** Characters of events that one session keeps in memory; the oldest events are dropped. */
export const EVENT_CHARACTERS_PER_SESSION = 4_000_000;
/** Events that one `read` returns at most when its caller names no limit. */
export const EVENTS_PER_READ = 100;
/** Resources that one session may subscribe to. */
export const SUBSCRIPTIONS_PER_SESSION = 100;
/** How long a node counts as alive after its last renewal, ms. */
export const NODE_LEASE_MS = 3_000;
