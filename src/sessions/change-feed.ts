import type { Change, ChangeFeed, MessageBus, NodeMessage } from './contract.js';
import { CHANGE_INTERVAL_MS, CHANGES_IN_WAIT } from './limits.js';

/** The kind of the bus's messages that are changes. */
const KIND = 'change';

/**
 * Tells of changes over a bus. Of the same change, one is told in an interval and one more at its end where there were others: who
 * changes something a thousand times a second costs the other nodes a few messages.
 */
export class BusChangeFeed implements ChangeFeed {
  private readonly hearers = new Set<(change: Change) => void>();
  /** The changes that were told of lately, and whether they have happened again since. */
  private readonly lately = new Map<string, { again: boolean; readonly timer: NodeJS.Timeout }>();
  private readonly stopHearing: () => void;

  constructor(
    private readonly bus: MessageBus,
    private readonly onError: (error: unknown) => void,
  ) {
    this.stopHearing = bus.onMessage((message) => this.hear(message));
  }

  publish(change: Change): void {
    const key = JSON.stringify([change.kind, change.uri, change.owner]);
    const known = this.lately.get(key);
    if (known) known.again = true;
    else this.tell(key, change);
  }

  follow(hear: (change: Change) => void): () => void {
    const own = (change: Change) => hear(change);
    this.hearers.add(own);
    return () => void this.hearers.delete(own);
  }

  close(): void {
    this.stopHearing();
    for (const { timer } of this.lately.values()) clearTimeout(timer);
    this.lately.clear();
    this.hearers.clear();
  }

  private tell(key: string, change: Change): void {
    // Beyond the bound nothing is remembered, and so nothing is held back.
    if (this.lately.size < CHANGES_IN_WAIT) {
      const timer = setTimeout(() => {
        const again = this.lately.get(key)?.again;
        this.lately.delete(key);
        if (again) this.tell(key, change);
      }, CHANGE_INTERVAL_MS);
      this.lately.set(key, { again: false, timer });
    }
    this.bus.tellAll({ kind: KIND, sessionId: '', change: { ...change } }).catch(this.onError);
  }

  private hear({ kind, change }: NodeMessage): void {
    if (kind !== KIND || typeof change !== 'object' || change === null) return;
    for (const hearer of this.hearers) hearer(change as Change);
  }
}
