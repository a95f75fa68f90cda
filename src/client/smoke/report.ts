/** What became of a check. A warning is what the specification says SHOULD be, or what clients can live with. */
export type Outcome = 'passed' | 'warned' | 'failed' | 'skipped';

/** One thing that was tried. */
export interface SmokeResult {
  /** What it belongs to: `tools`, `resources` … */
  readonly group: string;
  /** What was tried: `call add`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** Why it failed, warns or was skipped; what was seen where it passed. */
  readonly detail?: string;
  readonly ms: number;
}

export interface SmokeReport extends Readonly<Record<Outcome, number>> {
  readonly server: string;
  readonly results: readonly SmokeResult[];
}

/** Thrown by a check: the server breaks a MUST of the specification, or what it offers can't be used. */
export class Fault extends Error {
  readonly code = 'FAULT';
  constructor(message: string) {
    super(message);
    this.name = 'Fault';
  }
}

/** Thrown by a check: the server leaves out a SHOULD, or does what many servers do (the official SDKs among them) and clients bear. */
export class Warning extends Error {
  readonly code = 'WARNING';
  constructor(message: string) {
    super(message);
    this.name = 'Warning';
  }
}

/** Thrown by a check that makes no sense here. */
export class Skip extends Error {
  readonly code = 'SKIP';
  constructor(reason: string) {
    super(reason);
    this.name = 'Skip';
  }
}

/** Results, as many as a report keeps: a server that lists a million tools must not fill the memory. All are counted. */
const RESULTS = 10_000;
/** Characters of a name that a server chose, and of what was found. */
const NAME_CHARACTERS = 300;
const DETAIL_CHARACTERS = 1_000;

export interface RecorderOptions {
  readonly signal: AbortSignal;
  /** Whether nothing more can be tried: a server that ended is one fault, not fifty. */
  isOver(): boolean;
  /** Warnings are failures. */
  readonly strict: boolean;
  onResult?(result: SmokeResult): void;
}

/** Collects results: a check passes, unless it throws. */
export class Recorder {
  readonly results: SmokeResult[] = [];
  private readonly counts: Record<Outcome, number> = { passed: 0, warned: 0, failed: 0, skipped: 0 };

  constructor(private readonly options: RecorderOptions) {}

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
      const value = await run();
      this.add(group, name, 'passed', started, describe?.(value));
      return value;
    } catch (error) {
      this.options.signal.throwIfAborted();
      this.add(group, name, this.outcomeOf(error), started, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Adds what was seen beside the requests, even of a server that has ended. */
  fail(group: string, name: string, detail: string): void {
    this.add(group, name, 'failed', performance.now(), detail);
  }

  report(server: string): SmokeReport {
    return { server, ...this.counts, results: this.results };
  }

  private outcomeOf(error: unknown): Outcome {
    if (error instanceof Skip) return 'skipped';
    return error instanceof Warning && !this.options.strict ? 'warned' : 'failed';
  }

  private add(group: string, name: string, outcome: Outcome, started: number, detail?: string): void {
    this.counts[outcome] += 1;
    if (this.results.length >= RESULTS) return;
    const result = {
      group,
      name: name.slice(0, NAME_CHARACTERS),
      outcome,
      detail: detail?.slice(0, DETAIL_CHARACTERS),
      ms: Math.round(performance.now() - started),
    };
    this.results.push(result);
    this.options.onResult?.(result);
  }
}
