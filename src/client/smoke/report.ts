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
  /** Tools that nothing says one may call: neither a mark as read-only nor a word of whoever runs this. */
  readonly notCalled: readonly string[];
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
