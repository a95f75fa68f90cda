import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '@modelcontextprotocol/client';
import { within } from '../../net/time-limit.js';
import { callTool } from '../calls.js';
import type { Connection } from '../connection.js';
import { Tally, kindOf } from './tally.js';
import type { FailureCount, Latency, LatencyRange } from './tally.js';

export interface LoadOptions {
  /** Calls are spread over them. */
  readonly connections: readonly Connection[];
  /** Calls at once, at most. */
  readonly callers: number;
  readonly tool: Tool;
  readonly args: Readonly<Record<string, unknown>>;
  /** Calls that are to begin in a second, however long they take; without it each caller calls again once it has its answer. */
  readonly rps: number | undefined;
  readonly durationMs: number;
  /** Ends it at once: calls without an answer are given up, and not counted as failed. */
  readonly signal: AbortSignal;
  /** Told now and then how far it is. */
  onTick?(soFar: { readonly ms: number; readonly calls: number; readonly failed: number }): void;
}

export interface LoadReport {
  readonly model: 'open' | 'closed';
  /** Calls with an outcome. */
  readonly calls: number;
  readonly failed: number;
  /** Calls without an outcome when it was ended before its time. */
  readonly givenUp: number;
  /** Calls that were to begin and never did, because all callers waited for answers. */
  readonly notBegun: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latencyMs: Latency | undefined;
  readonly histogram: readonly LatencyRange[];
  readonly failures: readonly FailureCount[];
  /** The share of the time that this process was busy, 0 to 1. */
  readonly clientBusy: number;
  /** What ended it before its time. */
  readonly endedBy?: 'interrupt' | 'server';
}

/** How long calls may still wait for their answers once the time is over, ms. */
const LAST_ANSWERS_MS = 5_000;
const TICK_MS = 250;
/** How much later than it asked for a timer may wake a caller, ms: that much is no fault of the server. */
const TIMER_MS = 2;

/**
 * Calls one tool over and over. With a rate (an open model) a latency is counted from when its call was to begin: a call that had to wait
 * for a slow one before it is as slow as it would be for a user (no coordinated omission). Rejects with nothing: what fails is counted.
 */
export async function load(options: LoadOptions): Promise<LoadReport> {
  const { connections, callers, rps, durationMs, signal, onTick } = options;
  const tally = new Tally();
  const open = new Set<AbortController>();
  const over = new AbortController();
  let endedBy: LoadReport['endedBy'];
  const end = (why: LoadReport['endedBy']): void => {
    endedBy ??= why;
    over.abort();
    for (const call of open) call.abort();
  };
  const onInterrupt = (): void => end('interrupt');
  if (signal.aborted) onInterrupt();
  signal.addEventListener('abort', onInterrupt, { once: true });
  for (const { closed } of connections) void closed.then(() => end('server'));

  const started = performance.now();
  const before = performance.eventLoopUtilization();
  let begun = 0;
  let givenUp = 0;
  let lastOutcome = started;
  /** When the next call is to begin; undefined where none is. */
  const next = (): number | undefined => {
    const due = rps === undefined ? performance.now() : started + (begun * 1_000) / rps;
    if (over.signal.aborted || due >= started + durationMs || performance.now() >= started + durationMs)
      return undefined;
    begun += 1;
    return due;
  };
  const caller = async (connection: Connection): Promise<void> => {
    for (let due = next(); due !== undefined; due = next()) {
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) {
        // It was not to begin yet, or nobody waits for it.
        begun -= 1;
        return;
      }
      const now = performance.now();
      await call(connection, now - due > TIMER_MS ? due : now);
    }
  };
  const call = async (connection: Connection, from: number): Promise<void> => {
    const controller = new AbortController();
    open.add(controller);
    try {
      const { isError, content } = await callTool(connection, options.tool, options.args, {
        signal: controller.signal,
      });
      const [first] = content;
      if (isError) tally.failure('isError', first?.type === 'text' ? first.text : '');
      else tally.success(performance.now() - from);
    } catch (error) {
      if (controller.signal.aborted && endedBy !== undefined) givenUp += 1;
      else if (controller.signal.aborted) tally.failure('no answer at the end', 'The time was over');
      else tally.failure(kindOf(error), (error as Error).message);
    } finally {
      open.delete(controller);
      lastOutcome = performance.now();
    }
  };

  const ticks = setInterval(
    () => onTick?.({ ms: performance.now() - started, calls: tally.succeeded + tally.failed, failed: tally.failed }),
    TICK_MS,
  );
  try {
    const all = Array.from({ length: callers }, (_, at) => caller(connections[at % connections.length] as Connection));
    const late = (): void => {
      over.abort();
      for (const call of open) call.abort();
    };
    const everyCaller = Promise.all(all);
    await within(everyCaller, durationMs + LAST_ANSWERS_MS, late);
    await everyCaller;
  } finally {
    clearInterval(ticks);
    signal.removeEventListener('abort', onInterrupt);
  }
  const ms = endedBy === undefined ? Math.max(durationMs, lastOutcome - started) : performance.now() - started;
  const calls = tally.succeeded + tally.failed;
  return {
    model: rps === undefined ? 'closed' : 'open',
    calls,
    failed: tally.failed,
    givenUp,
    notBegun:
      rps === undefined || endedBy !== undefined ? 0 : Math.max(0, Math.ceil((durationMs * rps) / 1_000) - begun),
    seconds: ms / 1_000,
    perSecond: calls / (ms / 1_000),
    latencyMs: tally.latencyMs,
    histogram: tally.histogram,
    failures: tally.failures,
    clientBusy: performance.eventLoopUtilization(before).utilization,
    ...(endedBy !== undefined && { endedBy }),
  };
}
