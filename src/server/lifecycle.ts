import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../log.js';
import { within } from '../net/time-limit.js';
import type { Host } from './host.js';
import { CrashedError } from './errors.js';
import { stopSignals } from './stop-signals.js';
import type { StopSignals } from './stop-signals.js';
import { watchUncaught } from './uncaught.js';

/** While draining: how long nothing new may have come before the listener closes, and how often calls in flight are looked at, ms. */
const QUIET_MS = 100;
/** How long a drain waits at most until no new connections are made, ms. */
const SETTLE_LIMIT_MS = 1_000;
/** How long idle connections of one who goes on sending may be used once more, ms: proxies have let go of them by then. */
const LINGER_MS = 2_500;
/** A turn of the event loop in which nothing was to be done takes less, ms; how often and how long one is waited for. */
const QUIET_TURN_MS = 0.1;
const QUIET_TURN_PAUSE_MS = 2;
const QUIET_TURN_LIMIT_MS = 500;
/** The part of the drain's time in which the listener stays open, however much comes: what came last has the rest. */
const LISTENING_SHARE = 0.5;

export interface Stoppable {
  /** Called when it should stop: turns readiness to 503. */
  beginDrain(): void;
  /**
   * Serves on until nothing new comes, at most for `listenMs`; then takes no new connections, and resolves when what was in
   * flight has ended.
   */
  drain(listenMs: number): Promise<void>;
  /** Ends the rest at once. */
  abort(): Promise<void>;
}

/** A transport: drained while others take over, then closed. */
export interface Draining {
  /** Takes on no more of what only this node could bring to its end. */
  drain(): void;
  /** Whether no call waits for its answer. */
  isIdle(): boolean;
  /** Ends the streams that only listen: their clients come back, here or to another node. */
  endStreams(): void;
  close(): Promise<void>;
}

/** How a host stops with its transports, and then with what both stand on, in this order. */
export function stoppable(
  host: Host,
  transports: readonly Draining[],
  beneath: readonly { close(): Promise<void> }[],
): Stoppable {
  const isIdle = () => transports.every((transport) => transport.isIdle());
  return {
    beginDrain: () => host.beginDrain(),
    async drain(listenMs) {
      for (const transport of transports) transport.drain();
      const isQuiet = await quiet(host, isIdle, listenMs);
      if (!isQuiet) await settle(host);
      await quietTurn();
      const closed = host.close(isQuiet ? 0 : Math.min(LINGER_MS, LISTENING_SHARE * listenMs));
      // Clients come back for a stream within a second or two, and not for ever: by then another has to listen here.
      while (!isIdle()) await delay(QUIET_MS);
      for (const transport of transports) transport.endStreams();
      await closed;
    },
    async abort() {
      await Promise.all(transports.map((transport) => transport.close()));
      host.destroy();
      for (const resource of beneath) await resource.close();
    },
  };
}

/** Resolves when no call runs and nothing new has come for {@link QUIET_MS}; after `limitMs` to whether nothing new has. */
async function quiet(host: Host, isIdle: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    const before = host.newcomers();
    await delay(QUIET_MS);
    const isQuiet = host.newcomers() === before;
    if ((isIdle() && isQuiet) || performance.now() >= end) return isQuiet;
  }
}

/**
 * For who goes on sending, as a proxy does that asks for no readiness: resolves when that goes over connections that are kept,
 * and no new ones are made, which a listener that closes may reset. Each of them then ends with its next answer.
 */
async function settle(host: Host): Promise<void> {
  host.keepConnections();
  const end = performance.now() + SETTLE_LIMIT_MS;
  for (let before = -1; before !== host.connections() && performance.now() < end; await delay(QUIET_MS)) {
    before = host.connections();
  }
}

/**
 * Resolves right after a turn of the event loop in which next to nothing happened, or when there is none. Whom the kernel
 * has queued by the time a listener closes is reset, though his request may be sent: so it closes when all were just accepted.
 * A process that has slept before is not interrupted then; one that waited in a loop of turns is, for 30 ms on a busy machine.
 */
async function quietTurn(): Promise<void> {
  const end = performance.now() + QUIET_TURN_LIMIT_MS;
  for (let took = Infinity, now = 0; took > QUIET_TURN_MS && now < end; ) {
    await delay(QUIET_TURN_PAUSE_MS);
    const before = performance.now();
    await nextTurn();
    now = performance.now();
    took = now - before;
  }
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
    served.drain(LISTENING_SHARE * times.drainTimeoutMs).then(() => true),
    times.drainTimeoutMs,
    () => false,
    hurry,
  ).catch(cutShort);
  if (!inTime && !hurry.aborted) logger.warn({}, 'stopping: what still runs is ended now');
  await served.abort();
  logger.info({}, 'stopped');
  if (uncaught.happened) throw new CrashedError();
}
