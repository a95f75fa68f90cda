/** How long a command may take before the store counts as unavailable, ms. */
export const COMMAND_TIMEOUT_MS = 2_000;
/** How long the start waits for Redis, ms: a start that fails has said so, and ended, within 5 s. */
export const START_TIMEOUT_MS = 4_000;
/** How long a write waits for the replicas that `--redis-wait` asks for, ms. */
export const REPLICAS_WAIT_MS = 500;
/** How often a node renews its lease, which also proves both connections, ms. */
export const HEARTBEAT_MS = 1_000;
/** A connection that isn't ready, or hears nothing, for so long is replaced by a new one, ms. */
export const STUCK_MS = 2_000;
