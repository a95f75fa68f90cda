/** How long requests are begun in one turn of the event loop before others get a turn, ms: probes, other connections. */
const TURN_MS = 10;

/**
 * Shares the event loop out: however many requests have arrived, alone or in a batch, each turn of the loop begins only as
 * many as fit into {@link TURN_MS}, and at least one. Who waits goes first in the next turn.
 */
export class Turns {
  /** When this turn began its first request; undefined in a turn that has begun none. */
  private began: number | undefined;
  /** Each is a request that has been read: their number is bounded by what is in flight. */
  private readonly waiting: (() => void)[] = [];

  /** Undefined where the caller may begin now: an `await` less for nearly all. Else resolves when it may. */
  take(): Promise<void> | undefined {
    if (this.began === undefined) {
      this.begin();
      return undefined;
    }
    if (this.waiting.length === 0 && performance.now() - this.began < TURN_MS) return undefined;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Between the messages of a batch: resolves when the one before has done what it can for now, and the caller may begin. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await this.take();
  }

  private begin(): number {
    setImmediate(() => this.turn());
    return (this.began = performance.now());
  }

  private turn(): void {
    this.began = undefined;
    if (this.waiting.length > 0) this.release(this.begin());
  }

  /** Lets the next one begin, and as many after it as the turn has time for: each has done its work when the tick is over. */
  private release(began: number): void {
    this.waiting.shift()?.();
    // From an immediate, a tick would come before the microtask that begins what was let go.
    queueMicrotask(() =>
      process.nextTick(() => {
        if (this.waiting.length > 0 && performance.now() - began < TURN_MS) this.release(began);
      }),
    );
  }
}
