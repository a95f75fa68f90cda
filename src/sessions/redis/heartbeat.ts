import type { Logger } from '../../log.js';
import { NODE_LEASE_MS } from '../limits.js';
import { type Commands, script } from './commands.js';
import { isRefusal, reasonOf, refusalCode } from './failures.js';
import type { Keys } from './keys.js';
import type { Subscriber } from './subscriber.js';
import { HEARTBEAT_MS } from './timing.js';

/** KEYS: lease. ARGV: lease in ms, the node's channel. Answers how many listened there. */
const BEAT = script(
  `
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return redis.call('PUBLISH', ARGV[2], '{"beat":""}')`,
  { durable: true },
);

export interface HeartbeatOptions {
  nodeId: string;
  commands: Commands;
  subscriber: Subscriber;
  keys: Keys;
  cluster: boolean;
  /** Makes up for what was missed, after both connections are well again. */
  restore: () => Promise<void>;
  logger?: Logger;
}

/**
 * Every second: renews the node's lease and sends the node a message, which proves that Redis takes writes, and both
 * connections. One that does not answer is replaced; a connection that closed comes back by itself.
 */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;
  private again = false;
  private closed = false;
  private started = false;
  private failure: unknown = new Error('No heartbeat yet');
  private restoreDue = false;
  /** When the store came back; the leases of the others may have run out while nobody could renew them. */
  private backSince = -Infinity;

  constructor(private readonly options: HeartbeatOptions) {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  /** Whether leases mean anything: they do once every node has had the time to renew its own after an outage. */
  get leasesCount(): boolean {
    return this.failure === undefined && performance.now() - this.backSince > NODE_LEASE_MS;
  }

  /** Why the last beat failed; undefined when it did not. */
  get trouble(): unknown {
    return this.failure;
  }

  /** Between the start and the end. */
  get serving(): boolean {
    return this.started && !this.closed;
  }

  /** From here on others may ask whether this node is alive. What went wrong before was no outage: nobody had a lease to lose. */
  start(): void {
    this.started = true;
  }

  /** Called when the connection for commands is made again: it may lead to a Redis that missed the latest leases. */
  reconnectedElsewhere(): void {
    if (this.started) this.backSince = performance.now();
    this.reconnected();
  }

  /** Called when a connection is made again. */
  reconnected(): void {
    this.restoreDue = true;
    void this.beat();
  }

  /** One beat now; while one runs, another as soon as it is over. Never rejects. */
  beat(): Promise<void> {
    this.again = true;
    this.running ??= this.beatUntilDone().finally(() => (this.running = undefined));
    return this.running;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async beatUntilDone(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false;
      await this.beatOnce();
    }
  }

  private async beatOnce(): Promise<void> {
    const { commands, subscriber, keys, nodeId, cluster, restore, logger } = this.options;
    if (!commands.connection.ready) {
      this.lost(commands.connection.lastError ?? new Error('Not connected'));
      commands.connection.replaceIfStuck();
      return;
    }
    const listened = subscriber.subscribed;
    try {
      const heard = await commands.probe(BEAT, [keys.lease(nodeId)], [NODE_LEASE_MS, keys.channel(nodeId)]);
      commands.resume();
      // In a cluster the count is that of one server, and every server passes every message on.
      subscriber.checkBeat(cluster || !listened || Number(heard) > 0);
      if (subscriber.deaf) this.lost(subscriber.connection.lastError ?? new Error('No subscription'));
      else this.found();
      if (!this.restoreDue || !subscriber.subscribed) return;
      this.restoreDue = false;
      await restore();
    } catch (error) {
      logger?.debug({ err: error }, 'The heartbeat failed');
      this.lost(error);
      if (commands.hung) commands.connection.replace();
    }
  }

  private lost(error: unknown): void {
    this.options.subscriber.expectNone();
    const before = this.failure;
    this.failure = error;
    this.restoreDue = true;
    if (!this.serving) return;
    if (before !== undefined && refusalCode(before) === refusalCode(error)) return;
    const reason = reasonOf(error);
    this.options.logger?.warn(
      { reason },
      isRefusal(error)
        ? `Redis refuses to serve, and so does this server until it does: ${reason}`
        : 'Redis does not answer: requests are refused until it does',
    );
  }

  private found(): void {
    if (this.failure === undefined) return;
    const refused = isRefusal(this.failure);
    this.failure = undefined;
    if (!this.started) return;
    this.backSince = performance.now();
    this.options.logger?.info(refused ? 'Redis serves again' : 'Redis answers again');
  }
}
