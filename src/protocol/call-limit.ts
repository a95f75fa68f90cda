import { inBackground } from '../net/background.js';
import { Patience } from '../net/patience.js';

/** How soon a request that has waited for its client is looked at again, at the earliest, ms. */
const LOOK_MS = 50;

/** What is worked on. */
export interface Limited {
  /** For how long so far, ms. */
  readonly workedMs: number;
  /** It has been for too long. */
  overdue(why: string): void;
}

/** How long a request may be worked on; the time in which it waits for its client does not count. One for all of a transport. */
export class CallLimit {
  private readonly patience: Patience<Limited> | undefined;
  /** Of those that are looked at again: each is worked on, so their number is bounded by what is in flight. */
  private readonly again = new Map<Limited, ReturnType<typeof setTimeout>>();

  /** `ms`: 0 for no limit. */
  constructor(private readonly ms: number) {
    if (ms > 0) this.patience = new Patience(ms, (open) => this.look(open));
  }

  start(open: Limited): void {
    this.patience?.add(open);
  }

  end(open: Limited): void {
    this.patience?.delete(open);
    if (this.again.size === 0) return;
    clearTimeout(this.again.get(open));
    this.again.delete(open);
  }

  private look(open: Limited): void {
    const leftMs = this.ms - open.workedMs;
    if (leftMs > 0) {
      this.again.set(open, inBackground(setTimeout(() => this.look(open), Math.max(leftMs, LOOK_MS))));
      return;
    }
    this.again.delete(open);
    open.overdue(`The server stopped this request: it had worked on it for longer than ${this.ms / 1000} s`);
  }
}
