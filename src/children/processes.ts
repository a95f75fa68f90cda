import { inBackground } from '../net/background.js';
import type { Logger } from '../log.js';
import { LiveLimitError } from '../protocol/errors.js';
import type { ChildCommand, ChildLimits } from './command.js';
import type { Line } from './line.js';
import { memoryOf } from './memory.js';
import { ChildProcess } from './process.js';
import { Watchdog } from './watchdog.js';

/** How often the memory of children is measured, ms. */
const MEASURE_MS = 5_000;
const MEGABYTE = 1_048_576;

/** All children of this process: how many, what they hold, and that none outlives it. */
export class Processes {
  private readonly running = new Set<ChildProcess>();
  private readonly watchdog: Watchdog;
  private readonly measuring: ReturnType<typeof setInterval> | undefined;
  private closed = false;

  constructor(
    private readonly command: ChildCommand,
    private readonly limits: Pick<ChildLimits, 'maxChildren' | 'childMemory'>,
    private readonly logger: Logger,
  ) {
    this.watchdog = new Watchdog(logger);
    if (limits.childMemory > 0) this.measuring = inBackground(setInterval(() => void this.measure(), MEASURE_MS));
  }

  get size(): number {
    return this.running.size;
  }

  /** Throws a {@link LiveLimitError} where one more would be too many. */
  readonly requireRoom = (): void => {
    const { maxChildren } = this.limits;
    if (this.closed) throw new LiveLimitError('The server stops and starts nothing any more: try again');
    if (this.running.size >= maxChildren)
      throw new LiveLimitError(`There are ${maxChildren} servers running already, which is the limit: try again later`);
  };

  /** Starts one. Throws as {@link requireRoom} does. */
  readonly begin = (): Line => {
    this.requireRoom();
    const child = new ChildProcess(this.command, { logger: this.logger, watchdog: this.watchdog });
    this.running.add(child);
    const end = child.end.bind(child);
    child.end = () => end().finally(() => this.running.delete(child));
    return child;
  };

  /** Ends all of them; resolves when none is left. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.measuring);
    await Promise.all([...this.running].map((child) => child.end()));
  }

  private async measure(): Promise<void> {
    const { childMemory } = this.limits;
    try {
      const held = this.running.size === 0 ? new Map<number, number>() : await memoryOf();
      for (const child of this.running) {
        const bytes = held.get(child.pid ?? -1) ?? 0;
        if (bytes <= childMemory) continue;
        const [has, may] = [bytes, childMemory].map((each) => Math.round(each / MEGABYTE));
        child.kill(`it held ${has} MB of memory, and --child-memory is ${may} MB`);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'the memory of children could not be measured');
    }
  }
}
