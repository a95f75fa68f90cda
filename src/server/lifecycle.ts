import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.js';
import { within } from '../net/time-limit.js';
import type { Host } from './host.js';
import { CrashedError } from './errors.js';
import { stopSignals } from './stop-signals.js';
import type { StopSignals } from './stop-signals.js';
import { watchUncaught } from './uncaught.js';

export interface Stoppable {
  /** Called when it should stop: turns readiness to 503. */
  beginDrain(): void;
  /** Ends what can be taken up elsewhere, takes no new connections, and resolves when what was in flight has ended. */
  drain(): Promise<void>;
  /** Ends the rest at once. */
  abort(): Promise<void>;
}

/** A transport: drained while others take over, then closed. */
export interface Draining {
  drain(): void;
  close(): Promise<void>;
}

/** How a host stops with its transports, and then with what both stand on, in this order. */
export function stoppable(
  host: Host,
  transports: readonly Draining[],
  beneath: readonly { close(): Promise<void> }[],
): Stoppable {
  return {
    beginDrain: () => host.beginDrain(),
    async drain() {
      for (const transport of transports) transport.drain();
      await host.close();
    },
    async abort() {
      await Promise.all(transports.map((transport) => transport.close()));
      host.destroy();
      for (const resource of beneath) await resource.close();
    },
  };
}

export interface DrainTimes {
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
}

/**
 * Resolves when the process was told to stop and has done so: readiness first, then (after the delay, in which load
 * balancers take the node out) the drain, at most for its timeout. A second signal cuts it short. What nobody catches stops it in
 * the same way, and rejects with a {@link CrashedError}.
 */
export async function untilStopped(
  served: Stoppable,
  times: DrainTimes,
  logger: Logger,
  { stop, hurry }: StopSignals = stopSignals(),
): Promise<void> {
  const uncaught = watchUncaught(logger);
  await Promise.race([stop, uncaught.first]);
  served.beginDrain();
  logger.info({ drainDelayMs: times.drainDelayMs }, 'stopping: no longer ready');
  await delay(times.drainDelayMs, undefined, { signal: hurry }).catch(() => undefined);
  const cutShort = (error: unknown): false => {
    if (!hurry.aborted) throw error;
    return false;
  };
  const inTime = await within(
    served.drain().then(() => true),
    times.drainTimeoutMs,
    () => false,
    hurry,
  ).catch(cutShort);
  if (!inTime && !hurry.aborted) logger.warn({}, 'stopping: what still runs is ended now');
  await served.abort();
  logger.info({}, 'stopped');
  if (uncaught.happened) throw new CrashedError();
}
