import type { Change, ChangeFeed, MessageBus, NodeMessage } from './contract.js';
import {
  CHANGE_INTERVAL_MS,
  CHANGES_ANSWER_MS,
  CHANGES_IN_WAIT,
  CHANGES_WANTED_MS,
  HEARERS_AT_ONCE,
} from './limits.js';

/** The kinds of the bus's messages: a change, that a node follows them, and the question who does. */
const CHANGE = 'change';
export const WANTED = 'changes-wanted';
const ASK = 'changes-ask';

/**
 * Tells of changes over a bus. Nobody is told while nobody follows: a node that does says so, and again in time. Of the same change,
 * one is told in an interval and one more at its end where there were others: who changes something a thousand times a second
 * costs the other nodes a few messages.
 */
export class BusChangeFeed implements ChangeFeed {
  private readonly hearers = new Set<(change: Change) => void>();
  /** The changes that were told of lately, and whether they have happened again since. */
  private readonly lately = new Map<
    string,
    { readonly change: Change; again: boolean; readonly timer: NodeJS.Timeout }
  >();
  private readonly stopHearing: () => void;
  /** Until when another node is known to follow, by the monotonic clock, ms. */
  private wantedUntil = 0;
  /** Until when it is not known whether others follow, by the same clock: a process may begin, end a task, and be gone. */
  private answeredBy = 0;
  private saying: NodeJS.Timeout | undefined;
  /** That this node follows was told, or will be: whoever begins to follow meanwhile waits for it too. */
  private said: Promise<void> | undefined;

  constructor(
    private readonly bus: MessageBus,
    private readonly onError: (error: unknown) => void,
  ) {
    this.stopHearing = bus.onMessage((message) => this.hear(message));
  }

  /** Asks the other nodes whether they follow; called once the bus can be used. */
  start(): void {
    this.answeredBy = performance.now() + CHANGES_ANSWER_MS;
    this.bus.tellAll({ kind: ASK, sessionId: '' }).catch(this.onError);
  }

  /** Says anew that this node follows, after a time in which the others may not have heard it. */
  resume(): void {
    if (this.hearers.size > 0) this.say().catch(this.onError);
  }

  publish(change: Change): boolean {
    const until = change.kind === 'task' ? Math.max(this.wantedUntil, this.answeredBy) : this.wantedUntil;
    if (this.hearers.size === 0 && performance.now() > until) return true;
    const key = JSON.stringify([change.kind, change.uri, change.taskId, change.owner]);
    const known = this.lately.get(key);
    if (known) known.again = true;
    else this.tell(key, change);
    return !known;
  }

  async follow(hear: (change: Change) => void): Promise<() => void> {
    const own = (change: Change) => hear(change);
    this.hearers.add(own);
    this.saying ??= setInterval(() => void this.say().catch(this.onError), CHANGES_WANTED_MS / 3).unref();
    this.said ??= this.say();
    try {
      await this.said;
    } catch (error) {
      this.said = undefined;
      this.unfollow(own);
      throw error;
    }
    return () => this.unfollow(own);
  }

  private unfollow(hear: (change: Change) => void): void {
    this.hearers.delete(hear);
    if (this.hearers.size > 0) return;
    clearInterval(this.saying);
    this.saying = undefined;
    this.said = undefined;
  }

  close(): void {
    for (const { timer, again, change } of this.lately.values()) {
      clearTimeout(timer);
      // The end of the interval does not come, and with it what was held back: it may be the end of a task.
      if (again) this.send(change);
    }
    this.lately.clear();
    this.stopHearing();
    clearInterval(this.saying);
    this.hearers.clear();
  }

  private say(): Promise<void> {
    return this.bus.tellAll({ kind: WANTED, sessionId: '' });
  }

  private tell(key: string, { by, ...change }: Change): void {
    // Beyond the bound nothing is remembered, and so nothing is held back.
    if (this.lately.size < CHANGES_IN_WAIT) {
      const timer = setTimeout(() => {
        const again = this.lately.get(key)?.again;
        this.lately.delete(key);
        if (again) this.tell(key, change);
      }, CHANGE_INTERVAL_MS);
      this.lately.set(key, { change, again: false, timer });
    }
    this.send({ ...change, ...(by !== undefined && { by }) });
  }

  private send(change: Change): void {
    this.bus.tellAll({ kind: CHANGE, sessionId: '', change: { ...change } }).catch(this.onError);
  }

  private hear({ kind, change }: NodeMessage): void {
    if (kind === WANTED) this.wantedUntil = performance.now() + CHANGES_WANTED_MS;
    else if (kind === ASK && this.hearers.size > 0) this.say().catch(this.onError);
    else if (kind === CHANGE && typeof change === 'object' && change !== null)
      this.spread(change as Change).catch(this.onError);
  }

  /** To each in the order in which they began to follow; of two changes, the first stays ahead. */
  private async spread(change: Change): Promise<void> {
    let told = 0;
    for (const hear of this.hearers) {
      hear(change);
      told += 1;
      if (told % HEARERS_AT_ONCE === 0) await new Promise(setImmediate);
    }
  }
}
