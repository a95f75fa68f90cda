import { unwatchFile, watchFile } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Files that are watched at most. */
export const WATCHED_FILES = 500;
/** How often each is looked at, ms. */
const LOOK_MS = 100;
/**
 * For how long nothing has to change until what has changed is told, ms: longer than it takes to look at a file again that is just being
 * written. And for how long that is waited for.
 */
const SETTLE_MS = 150;
const SETTLE_LIMIT_MS = 2_000;

/**
 * Tells when files have changed. It looks at them in place of asking the system to be told: so nothing is missed however an editor saves
 * (over the file, by another that takes its name, after a deletion, with its folder), on whatever a file is mounted.
 */
export class WatchedFiles {
  private readonly files = new Set<string>();
  private readonly changed = new Set<string>();
  private settling: NodeJS.Timeout | undefined;
  /** Since when something changes, by the monotonic clock. */
  private changesSince = 0;
  private isClosed = false;

  constructor(
    private readonly onChange: (paths: readonly string[]) => void,
    /** Told once. */
    private readonly onTooMany: () => void,
  ) {}

  /**
   * Watches a file, also one that is not there; `since` (ms since the epoch) is when it was, or will have been, read. Answers whether it
   * was not watched before.
   */
  add(path: string, since: number): boolean {
    if (this.isClosed || this.files.has(path)) return false;
    if (this.files.size >= WATCHED_FILES) {
      this.onTooMany();
      return false;
    }
    this.files.add(path);
    watchFile(path, { interval: LOOK_MS, persistent: false }, (now, before) => {
      // The first look at a file that is not there.
      if (now.mtimeMs !== 0 || before.mtimeMs !== 0) this.note(path);
    });
    stat(path).then(
      ({ mtimeMs }) => mtimeMs >= since && this.note(path),
      () => undefined,
    );
    return true;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.settling);
    for (const path of this.files) unwatchFile(path);
    this.files.clear();
  }

  private note(path: string): void {
    if (this.isClosed) return;
    const now = performance.now();
    if (this.changed.size === 0) this.changesSince = now;
    this.changed.add(path);
    clearTimeout(this.settling);
    const wait = Math.min(SETTLE_MS, this.changesSince + SETTLE_LIMIT_MS - now);
    this.settling = setTimeout(() => this.tell(), wait).unref();
  }

  private tell(): void {
    const paths = [...this.changed];
    this.changed.clear();
    this.onChange(paths);
  }
}
