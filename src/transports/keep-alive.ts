import { inBackground } from '../net/background.js';

/** What is kept alive: told at every tick. */
export interface Ticking {
  tick(): void;
}

/** One timer for all open streams: a timer each would cost more than the comments it sends. */
export class KeepAlive {
  private readonly streams = new Set<Ticking>();
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `everyMs`: between two ticks. */
  constructor(private readonly everyMs: number) {}

  add(stream: Ticking): void {
    this.streams.add(stream);
    this.timer ??= inBackground(setInterval(() => this.tick(), this.everyMs));
  }

  delete(stream: Ticking): void {
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    for (const stream of this.streams) stream.tick();
  }
}
