/** One thing that was tried. */
export interface SmokeResult {
  /** What it belongs to: `tools`, `resources` … */
  readonly group: string;
  /** What was tried: `call add`. */
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; what was seen where it passed. */
  readonly detail?: string;
  readonly ms: number;
}

export interface SmokeReport {
  readonly server: string;
  readonly results: readonly SmokeResult[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Thrown by a check: what was found beside what should be. */
export class Fault extends Error {
  readonly code = 'FAULT';
  constructor(message: string) {
    super(message);
    this.name = 'Fault';
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

/** Results, as many as a report keeps: a server that lists a million tools must not fill the memory. */
const RESULTS = 10_000;

/** Collects results: a check passes, unless it throws. */
export class Recorder {
  readonly results: SmokeResult[] = [];

  constructor(
    private readonly signal: AbortSignal,
    /** Whether nothing more can be tried: a server that ended is one fault, not fifty. */
    private readonly isOver: () => boolean,
    private readonly onResult: (result: SmokeResult) => void = () => undefined,
  ) {}

  /** Runs one check; resolves to what it returned, or to undefined where it threw. Rejects only when the run is cancelled. */
  async check<T>(
    group: string,
    name: string,
    run: () => Promise<T>,
    describe?: (value: T) => string | undefined,
  ): Promise<T | undefined> {
    if (this.isOver()) return undefined;
    const started = performance.now();
    let value: T | undefined;
    let outcome: SmokeResult['outcome'] = 'passed';
    let detail: string | undefined;
    try {
      value = await run();
      detail = describe?.(value);
    } catch (error) {
      this.signal.throwIfAborted();
      outcome = error instanceof Skip ? 'skipped' : 'failed';
      detail = error instanceof Error ? error.message : String(error);
    }
    const result = { group, name, outcome, detail, ms: Math.round(performance.now() - started) };
    if (this.results.length < RESULTS) {
      this.results.push(result);
      this.onResult(result);
    }
    return value;
  }

  report(server: string): SmokeReport {
    const count = (outcome: SmokeResult['outcome']): number =>
      this.results.filter((result) => result.outcome === outcome).length;
    return {
      server,
      results: this.results,
      passed: count('passed'),
      failed: count('failed'),
      skipped: count('skipped'),
    };
  }
}
