import type { SessionRecord } from '../contract.js';
import { SWEEP_INTERVAL_MS } from '../limits.js';
import type { SessionStreams } from './session-streams.js';
import { SharedTexts } from './shared-texts.js';

/** One session in memory. What most sessions never have is made when it is first needed. */
export interface Entry {
  record: SessionRecord;
  expiresAt: number;
  /** Resource URIs. */
  subscriptions: readonly string[] | undefined;
  /** Calculations as JSON text, oldest first. */
  history: string[] | undefined;
  streams: SessionStreams | undefined;
}

/**
 * The open sessions, ordered by expiry: every session has the same TTL, so one that is renewed moves to the end,
 * and the sweep stops at the first that is not due. Readers check the time, so the sweep only reclaims.
 */
export class SessionTable {
  private readonly entries = new Map<string, Entry>();
  private readonly params = new SharedTexts();
  private readonly sweeper: NodeJS.Timeout;

  constructor(
    private readonly ttlMs: number,
    private readonly now: () => number,
    private readonly onExpired: (sessionId: string) => void = () => undefined,
  ) {
    this.sweeper = setInterval(() => this.sweep(), Math.min(ttlMs, SWEEP_INTERVAL_MS)).unref();
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  find(id: string): Entry | undefined {
    const entry = this.entries.get(id);
    return entry !== undefined && entry.expiresAt > this.now() ? entry : undefined;
  }

  /** `find` for a use of the session: renews its TTL. */
  use(id: string): Entry | undefined {
    const entry = this.entries.get(id);
    const now = this.now();
    if (entry === undefined || entry.expiresAt <= now) return undefined;
    entry.expiresAt = now + this.ttlMs;
    this.entries.delete(id);
    this.entries.set(id, entry);
    return entry;
  }

  add(record: SessionRecord): void {
    // One that is due under the same id would keep its place in the order.
    if (this.entries.has(record.id)) this.expire(record.id);
    const initialize = this.params.acquire(record.initialize);
    this.entries.set(record.id, {
      record: { ...record, initialize },
      expiresAt: this.now() + this.ttlMs,
      subscriptions: undefined,
      history: undefined,
      streams: undefined,
    });
  }

  /** Puts a record in the place of the session's present one. */
  replace(entry: Entry, record: SessionRecord): void {
    const { initialize } = entry.record;
    entry.record = record;
    if (record.initialize === initialize) return;
    entry.record = { ...record, initialize: this.params.acquire(record.initialize) };
    this.params.release(initialize);
  }

  drop(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    this.entries.delete(id);
    this.params.release(entry.record.initialize);
    entry.streams?.end();
  }

  private expire(id: string): void {
    this.drop(id);
    this.onExpired(id);
  }

  all(): Iterable<Entry> {
    return this.entries.values();
  }

  /** Drops what has expired; costs as much as there is to drop. */
  sweep(): void {
    const now = this.now();
    for (const [id, entry] of this.entries) {
      if (entry.expiresAt > now) return;
      this.expire(id);
    }
  }

  /** Sessions that are open now. */
  count(): number {
    this.sweep();
    return this.entries.size;
  }

  /** Whether so many are open. Sweeps only where there seem to be: it walks over the places of all that were moved to the end. */
  isFull(limit: number): boolean {
    return this.entries.size >= limit && this.count() >= limit;
  }

  close(): void {
    clearInterval(this.sweeper);
  }
}
