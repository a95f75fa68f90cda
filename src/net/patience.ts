import { inBackground } from './background.js';

/**
 * Tells of whoever has waited for a time that is the same for all. There is one timer, for the one who has waited longest:
 * nearly all are answered long before, and a timer each would cost a small call a twentieth of its time.
 */
export class Patience<T> {
  /** In the order in which they came; until when each of them waits. */
  private readonly waiting = new Map<T, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ms: number,
    private readonly onOver: (waiter: T) => void,
  ) {}

  add(waiter: T): void {
    this.waiting.set(waiter, performance.now() + this.ms);
    this.timer ??= inBackground(setTimeout(() => this.tell(), this.ms));
  }

  delete(waiter: T): void {
    this.waiting.delete(waiter);
  }

  private tell(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [waiter, due] of this.waiting) {
      if (due > now) {
        this.timer = inBackground(setTimeout(() => this.tell(), Math.ceil(due - now)));
        return;
      }
      this.waiting.delete(waiter);
      this.onOver(waiter);
    }
  }
}
