/** A worker that lived for so long was well; what ended it says nothing about the next, ms. */
const WELL_AFTER_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Workers that may end early one after the other; then another start is no use. */
const EARLY_ENDS = 20;

/** How soon a worker that ended is replaced: at once, but ever later while its successors end early too. */
export class Restarts {
  private early = 0;

  /** The pause in ms before the next start, by how long a worker has lived; undefined when starting is of no use. */
  pauseAfter(livedMs: number): number | undefined {
    this.early = livedMs >= WELL_AFTER_MS ? 0 : this.early + 1;
    if (this.early > EARLY_ENDS) return undefined;
    return this.early <= 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.early - 2), LONGEST_PAUSE_MS);
  }
}
