import { inBackground } from '../../net/background.js';

/** Lets one loop sleep until it is woken. A call of `wake` while it is awake counts for the next sleep. */
export class Waker {
  private woken = false;
  private resolve: ((woken: boolean) => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    this.woken = signal.aborted;
  }

  wake(): void {
    this.woken = true;
    this.settle(true);
  }

  /** Resolves to true when woken, to false after `ms`, where that is given. */
  async sleep(ms?: number): Promise<boolean> {
    if (!this.woken) {
      const woken = await new Promise<boolean>((resolve) => {
        this.resolve = resolve;
        if (ms !== undefined) this.timer = inBackground(setTimeout(() => this.settle(false), ms));
      });
      if (!woken) return false;
    }
    this.woken = false;
    return true;
  }

  private settle(woken: boolean): void {
    clearTimeout(this.timer);
    this.resolve?.(woken);
    this.resolve = undefined;
  }
}
