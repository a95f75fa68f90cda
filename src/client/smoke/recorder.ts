import { oneLine } from '../../text/harmless.js';
import { Skip, Warning } from './report.js';
import type { Outcome, SmokeReport, SmokeResult } from './report.js';

/** Results, as many as a report keeps: a server that lists a million tools must not fill the memory. All are counted. */
const RESULTS = 10_000;
/** Characters of a name that a server chose, and of what was found where all is well. */
const NAME_CHARACTERS = 300;
const DETAIL_CHARACTERS = 1_000;
/** Characters of a reason, which is told whole: what one answer may say; and of all of a report, after which a reason is cut as any detail. */
const REASON_CHARACTERS = 100_000;
const ALL_REASONS_CHARACTERS = 4_000_000;

export interface RecorderOptions {
  readonly signal: AbortSignal;
  /** Whether nothing more can be tried: a server that ended is one fault, not fifty. */
  isOver(): boolean;
  /** Warnings are failures. */
  readonly strict: boolean;
  /** Checks that are left out, and tools that nothing is done with, by their names. */
  readonly skip?: readonly string[];
  /** Checks that are known to fail, by their names: they only warn, and fail once they pass. */
  readonly baseline?: readonly string[];
  onResult?(result: SmokeResult): void;
}

/** Collects results: a check passes, unless it throws. */
export class Recorder {
  readonly results: SmokeResult[] = [];
  /** Tools that are left alone because nothing says that one may call them. */
  readonly notCalled: string[] = [];
  private readonly counts: Record<Outcome, number> = { passed: 0, warned: 0, failed: 0, skipped: 0 };
  private reasons = 0;
  private readonly skip: ReadonlySet<string>;
  private readonly skipped = new Set<string>();
  /** What is known to fail, and what became of it. */
  private readonly baseline: Map<string, Outcome | undefined>;

  constructor(private readonly options: RecorderOptions) {
    this.skip = new Set(options.skip);
    this.baseline = new Map(options.baseline?.map((name) => [name, undefined]));
  }

  /** Runs one check; resolves to what it returned, or to undefined where it threw. Rejects only when the run is cancelled. */
  async check<T>(
    group: string,
    name: string,
    run: () => Promise<T>,
    describe?: (value: T) => string | undefined,
  ): Promise<T | undefined> {
    if (this.options.isOver()) return undefined;
    const started = performance.now();
    try {
      if (this.leavesOut(nameOf(name))) throw new Skip('left out as asked');
      const value = await run();
      this.add(group, name, 'passed', started, describe?.(value));
      return value;
    } catch (error) {
      this.options.signal.throwIfAborted();
      this.add(group, name, this.outcomeOf(error), started, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Whether this check, or this tool, is to be left out. */
  leavesOut(name: string): boolean {
    if (!this.skip.has(name)) return false;
    this.skipped.add(name);
    return true;
  }

  /** Tells of a tool that nothing says one may call. */
  leaveAlone(group: string, tool: string): void {
    if (this.options.isOver()) return;
    if (this.notCalled.length < RESULTS) this.notCalled.push(nameOf(tool));
    this.add(group, `call ${tool}`, 'skipped', performance.now(), 'not called: not marked as read-only');
  }

  /** Adds what was seen beside the requests, even of a server that has ended. */
  fail(group: string, name: string, detail: string): void {
    this.add(group, name, 'failed', performance.now(), detail);
  }

  /** Fails what is listed as known to fail and has passed: a list that is never mended hides the next failure. */
  settleBaseline(): void {
    for (const [name, outcome] of this.baseline)
      if (outcome === 'passed')
        this.push('baseline', name, 'failed', 0, 'it is known to fail, and it passes: take it out of the baseline');
  }

  /** What was to be left out, or was known to fail, and was never met. */
  unmet(): string[] {
    const known = [...this.baseline].filter(([, outcome]) => outcome === undefined).map(([name]) => name);
    return [...known, ...[...this.skip].filter((name) => !this.skipped.has(name))];
  }

  report(server: string): SmokeReport {
    return { server, ...this.counts, results: this.results, notCalled: this.notCalled };
  }

  private outcomeOf(error: unknown): Outcome {
    if (error instanceof Skip) return 'skipped';
    return error instanceof Warning && !this.options.strict ? 'warned' : 'failed';
  }

  private add(group: string, givenName: string, outcome: Outcome, started: number, detail?: string): void {
    const name = nameOf(givenName);
    const ms = Math.round(performance.now() - started);
    if (!this.baseline.has(name)) return this.push(group, name, outcome, ms, detail);
    // Two checks may have one name: it passes where both do.
    if (this.baseline.get(name) !== 'failed') this.baseline.set(name, outcome);
    if (outcome === 'failed') this.push(group, name, 'warned', ms, `known to fail: ${detail ?? ''}`);
    else this.push(group, name, outcome, ms, detail);
  }

  private push(group: string, name: string, outcome: Outcome, ms: number, detail?: string): void {
    this.counts[outcome] += 1;
    if (this.results.length >= RESULTS) return;
    const isReason = outcome === 'failed' || outcome === 'warned';
    const room = isReason ? Math.min(REASON_CHARACTERS, ALL_REASONS_CHARACTERS - this.reasons) : 0;
    const kept = detail?.slice(0, Math.max(room, DETAIL_CHARACTERS));
    if (isReason) this.reasons += kept?.length ?? 0;
    const result = { group, name, outcome, detail: kept, ms };
    this.results.push(result);
    this.options.onResult?.(result);
  }
}

/** The name as the report has it, and as lists of names are compared with it. */
function nameOf(name: string): string {
  return oneLine(name.slice(0, NAME_CHARACTERS));
}
