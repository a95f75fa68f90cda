import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../log.js';

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
export async function untilStopped(served: Stoppable, times: DrainTimes, logger: Logger): Promise<void> {
  const hurry = new AbortController();
  await firstSignal(hurry);
  served.beginDrain();
  logger.info({ drainDelayMs: times.drainDelayMs }, 'stopping: no longer ready');
  await delay(times.drainDelayMs, undefined, { signal: hurry.signal }).catch(() => undefined);
  const drained = served.drain().then(() => true);
  const timeout = delay(times.drainTimeoutMs, false, { signal: hurry.signal }).catch(() => false);
  if (!(await Promise.race([drained, timeout]))) logger.warn({}, 'stopping: what still runs is ended now');
  hurry.abort();
  await served.abort();
  logger.info({}, 'stopped');
}

/** Signals after the first one hurry the end up. Ctrl-C at a terminal waits for no load balancer either. */
function firstSignal(hurry: AbortController): Promise<void> {
  return new Promise((resolve) => {
    let signalled = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (signalled || (signal === 'SIGINT' && process.stdin.isTTY)) hurry.abort();
      signalled = true;
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
