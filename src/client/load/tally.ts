import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import { quote } from '../../text/harmless.js';
import { ClientError, ErrorAnswer, httpStatusOf } from '../errors.js';

/** Calls that failed in one way. */
export interface FailureCount {
  /** `JSON-RPC error -32602`, `HTTP 503`, `isError`, `time-out`, or what went wrong in words. */
  readonly kind: string;
  readonly count: number;
  /** What the first of them said. */
  readonly example: string;
}

/** Calls that took from `fromMs` to less than `toMs`. */
export interface LatencyRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
}

/** The longest latency that is told from longer ones, µs. With the figures it bounds the memory of the histogram: 0.2 MB. */
const LONGEST_US = 3_600_000_000;
/** Digits that a percentile is exact to. */
const FIGURES = 3;
/** Ways to fail that are counted apart; what comes later is counted together. */
const KINDS = 20;
const OTHER_KINDS = 'other failures';

/** Ends of the ranges that a histogram is drawn of, ms: 1, 2, 5, 10 … */
const ENDS = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

/** Counts what became of the calls. Its memory does not grow with them. */
export class Tally {
  succeeded = 0;
  failed = 0;
  private readonly latencies: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: LONGEST_US,
    figures: FIGURES,
  });
  private readonly ranges = new Array<number>(ENDS.length + 1).fill(0);
  private readonly kinds = new Map<string, { count: number; example: string }>();

  success(ms: number): void {
    this.succeeded += 1;
    this.latencies.record(Math.min(Math.max(1, Math.round(ms * 1_000)), LONGEST_US));
    const range = ENDS.findIndex((end) => ms < end);
    const at = range === -1 ? ENDS.length : range;
    this.ranges[at] = (this.ranges[at] ?? 0) + 1;
  }

  failure(kind: string, example: string): void {
    this.failed += 1;
    const counted = this.kinds.has(kind) || this.kinds.size < KINDS ? kind : OTHER_KINDS;
    const known = this.kinds.get(counted) ?? { count: 0, example: quote(example) };
    known.count += 1;
    this.kinds.set(counted, known);
  }

  /** Of the calls that succeeded, ms; undefined where none did. */
  get latencyMs(): Latency | undefined {
    if (this.succeeded === 0) return undefined;
    const max = this.latencies.max / 1_000;
    const at = (percent: number): number => Math.min(this.latencies.percentile(percent) / 1_000, max);
    return { p50: at(50), p90: at(90), p99: at(99), 'p99.9': at(99.9), max };
  }

  /** From the first range that has a call to the last. */
  get histogram(): LatencyRange[] {
    const all = this.ranges.map((count, at) => ({ fromMs: ENDS[at - 1] ?? 0, toMs: ENDS[at] ?? Infinity, count }));
    const first = all.findIndex(({ count }) => count > 0);
    return first === -1 ? [] : all.slice(first, all.findLastIndex(({ count }) => count > 0) + 1);
  }

  /** The most frequent first. */
  get failures(): FailureCount[] {
    return [...this.kinds].map(([kind, known]) => ({ kind, ...known })).sort((a, b) => b.count - a.count);
  }
}

/** In which way a call failed. */
export function kindOf(error: unknown): string {
  if (error instanceof ErrorAnswer) return `JSON-RPC error ${error.rpcCode}`;
  const { cause } = error as { cause?: { code?: unknown } };
  if (cause?.code === 'REQUEST_TIMEOUT') return 'time-out';
  const status = httpStatusOf(cause ?? {});
  if (status !== undefined) return `HTTP ${status}`;
  return error instanceof ClientError ? error.message : 'something unexpected';
}
