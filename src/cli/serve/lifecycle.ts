import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../log.js';
import { stopSignals } from './stop-signals.js';
import type { StopSignals } from './stop-signals.js';

export interface Stoppable {
  /** Called at the first SIGTERM or SIGINT: turns readiness to 503. */
  beginDrain(): void;
  /** Ends what can be taken up elsewhere, takes no new connections, and resolves when what was in flight has ended. */
  drain(): Promise<void>;
  /** Ends the rest at once. */
  abort(): Promise<void>;
}

export interface DrainTimes {
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
}

/**
 * Resolves when the process was told to stop and has done so: readiness first, then (after the delay, in which load
 * balancers take the node out) the drain, at most for its timeout. A second signal cuts it short.
 */
export async function untilStopped(
  served: Stoppable,
  times: DrainTimes,
  logger: Logger,
  { stop, hurry }: StopSignals = stopSignals(),
): Promise<void> {
  await stop;
  served.beginDrain();
  logger.info({ drainDelayMs: times.drainDelayMs }, 'stopping: no longer ready');
  await delay(times.drainDelayMs, undefined, { signal: hurry }).catch(() => undefined);
  const over = new AbortController();
  if (hurry.aborted) over.abort();
  hurry.addEventListener('abort', () => over.abort(), { once: true });
  const drained = served.drain().then(() => true);
  const timeout = delay(times.drainTimeoutMs, false, { signal: over.signal }).catch(() => false);
  const inTime = await Promise.race([drained, timeout]);
  if (!inTime && !hurry.aborted) logger.warn({}, 'stopping: what still runs is ended now');
  over.abort();
  await served.abort();
  logger.info({}, 'stopped');
}
