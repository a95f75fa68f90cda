import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../log.js';
import { inBackground } from '../../net/background.js';
import type { MessageBus, NodeMessage } from '../../sessions/contract.js';
import type { WireEntry } from './entry.js';
import { sizeOf } from './entry.js';
import { Ring } from './ring.js';
import { tap } from './tap.js';

/** What is kept for who watches: entries, and characters of all of them. */
export const RING = { entries: 2_000, size: 8_000_000 } as const;
/** Who watches at once on one node. */
const WATCHERS = 8;
/** How often what has come is sent on, ms, and how much of it at once. */
const FLUSH_MS = 100;
const BATCH = { entries: 200, size: 500_000 } as const;
/** Bytes that a watcher may leave unread and be sent more. */
const UNREAD_BYTES = 1_000_000;
/** How often a node says that somebody watches there, and for how long the others believe it, ms. */
const RENEW_MS = 5_000;
const LEASE_MS = 15_000;
/** Other nodes at which somebody watches. */
const WATCHING_NODES = 32;

const WATCH = 'console-watch';
const UNWATCH = 'console-unwatch';
const ENTRIES = 'console-wire';

/** Has requests looked at, or no more. */
export type SetTap = (tap: ((req: IncomingMessage, res: ServerResponse) => void) | undefined) => void;

interface Watcher {
  readonly res: ServerResponse;
  /** The number of the next entry. */
  at: number;
  /** What other nodes have dropped, and it was not told yet. */
  missed: number;
}

interface WatchingNode {
  until: number;
  at: number;
}

/**
 * The wire, live: what passes on any node is sent to whoever watches on any. Nothing is looked at where nobody does, and what a
 * watcher does not take in time is dropped and counted.
 */
export class Wire {
  private readonly ring = new Ring<WireEntry>(RING, sizeOf);
  /** What has passed here, for other nodes. */
  private readonly outbox = new Ring<WireEntry>(RING, sizeOf);
  private readonly watchers = new Set<Watcher>();
  private readonly nodes = new Map<string, WatchingNode>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private renewed = -Infinity;
  private count = 0;
  private isClosed = false;

  constructor(
    private readonly bus: MessageBus,
    private readonly setTap: SetTap,
    private readonly logger: Logger,
  ) {}

  /** Streams entries as events to a response, until it ends. False where too many watch. */
  watch(res: ServerResponse): boolean {
    if (this.watchers.size >= WATCHERS || this.isClosed) return false;
    const watcher = { res, at: this.ring.next, missed: 0 };
    this.watchers.add(watcher);
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.write(`event: watching\ndata: ${JSON.stringify({ node: this.bus.nodeId })}\n\n`);
    res.once('close', () => {
      this.watchers.delete(watcher);
      if (this.watchers.size > 0) return;
      this.ring.clear();
      this.tell(UNWATCH);
      this.look();
    });
    this.renewed = -Infinity;
    this.look();
    this.flush();
    return true;
  }

  /** A message of another node. */
  hear({ kind, node, entries, dropped }: NodeMessage): void {
    if (typeof node !== 'string' || node === this.bus.nodeId) return;
    if (kind === ENTRIES && Array.isArray(entries) && this.watchers.size > 0) {
      for (const entry of entries as WireEntry[]) this.ring.push(entry);
      if (typeof dropped === 'number' && dropped > 0) for (const watcher of this.watchers) watcher.missed += dropped;
    }
    if (kind === UNWATCH) this.nodes.delete(node);
    if (kind === WATCH) {
      const known = this.nodes.get(node);
      const until = performance.now() + LEASE_MS;
      if (known) known.until = until;
      else if (this.nodes.size < WATCHING_NODES) this.nodes.set(node, { until, at: this.outbox.next });
    }
    this.look();
  }

  /** Ends what is watched: the page comes back, here or to another node. */
  close(): void {
    this.isClosed = true;
    for (const { res } of this.watchers) res.end();
    this.nodes.clear();
    this.look();
  }

  /** Begins to look at requests where somebody watches, and ends it where nobody does. */
  private look(): void {
    const isWatched = this.watchers.size > 0 || this.nodes.size > 0;
    if (isWatched === (this.timer !== undefined)) return;
    if (!isWatched) {
      clearInterval(this.timer);
      this.timer = undefined;
      this.outbox.clear();
      return this.setTap(undefined);
    }
    this.timer = inBackground(setInterval(() => this.flush(), FLUSH_MS));
    const { nodeId: node } = this.bus;
    const tell = (entry: WireEntry) => {
      if (this.watchers.size > 0) this.ring.push(entry);
      if (this.nodes.size > 0) this.outbox.push(entry);
    };
    this.setTap((req, res) => tap(req, res, { exchange: `${node}.${(this.count += 1)}`, node, tell }));
  }

  private flush(): void {
    const now = performance.now();
    if (this.watchers.size > 0 && now - this.renewed >= RENEW_MS) {
      this.renewed = now;
      this.tell(WATCH);
    }
    for (const watcher of this.watchers) this.send(watcher);
    for (const [id, node] of this.nodes) {
      if (node.until < now) this.nodes.delete(id);
      else this.sendOn(id, node);
    }
    this.look();
  }

  private send(watcher: Watcher): void {
    while (watcher.res.writableLength < UNREAD_BYTES) {
      const { values, next, dropped } = this.ring.read(watcher.at, BATCH);
      watcher.at = next;
      const missed = dropped + watcher.missed;
      watcher.missed = 0;
      if (missed > 0) watcher.res.write(`event: dropped\ndata: ${missed}\n\n`);
      if (values.length === 0) return;
      watcher.res.write(`event: entries\ndata: ${JSON.stringify(values)}\n\n`);
    }
  }

  private sendOn(id: string, node: WatchingNode): void {
    const { values, next, dropped } = this.outbox.read(node.at, BATCH);
    node.at = next;
    if (values.length === 0) return;
    const message = { kind: ENTRIES, sessionId: '', node: this.bus.nodeId, entries: values, dropped };
    this.bus.send(id, message).then(
      (isThere) => isThere || this.nodes.delete(id),
      (error: unknown) => this.logger.debug({ err: error }, 'a node that watches could not be told'),
    );
  }

  private tell(kind: string): void {
    this.bus
      .tellAll({ kind, sessionId: '', node: this.bus.nodeId })
      .catch((error: unknown) => this.logger.debug({ err: error }, 'the nodes could not be told who watches'));
  }
}
