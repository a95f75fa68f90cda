import type { Logger } from '../../log.js';
import { NODE_LEASE_MS } from '../limits.js';
import { type Commands, script } from './commands.js';
import type { Keys } from './keys.js';
import type { Subscriber } from './subscriber.js';
import { HEARTBEAT_MS } from './timing.js';

/** KEYS: lease. ARGV: lease in ms, the node's channel. */
const BEAT = script(`
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return redis.call('PUBLISH', ARGV[2], '{"beat":""}')`);

export interface HeartbeatOptions {
  nodeId: string;
  commands: Commands;
  subscriber: Subscriber;
  keys: Keys;
  /** Makes up for what was missed, after both connections are well again. */
  restore: () => Promise<void>;
  logger?: Logger;
}

/**
 * Every second: renews the node's lease and sends the node a message, which proves both connections. One that does not
 * answer is replaced; a connection that closed comes back by itself.
 */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;
  private again = false;
  private closed = false;
  private started = false;
  private outage = false;
  private restoreDue = false;
  /** When the store came back; the leases of the others may have run out while nobody could renew them. */
  private backSince = -Infinity;

  constructor(private readonly options: HeartbeatOptions) {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  /** Whether leases mean anything: they do once every node has had the time to renew its own after an outage. */
  get leasesCount(): boolean {
    return !this.outage && performance.now() - this.backSince > NODE_LEASE_MS;
  }

  get down(): boolean {
    return this.outage;
  }

  /** Resolves when the lease is there. What went wrong before was no outage: nobody had a lease to lose. */
  async start(): Promise<void> {
    await this.beat();
    this.started = true;
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
    const { commands, subscriber, keys, nodeId, restore, logger } = this.options;
    if (!commands.connection.ready) {
      this.lost();
      commands.connection.replaceIfStuck();
      return;
    }
    try {
      await commands.probe(BEAT, [keys.lease(nodeId)], [NODE_LEASE_MS, keys.channel(nodeId)]);
      this.found();
      subscriber.checkBeat();
      if (!this.restoreDue || !subscriber.subscribed) return;
      this.restoreDue = false;
      await restore();
    } catch (error) {
      logger?.debug({ err: error }, 'The heartbeat failed');
      this.lost();
      if (commands.hung) commands.connection.replace();
    }
  }

  private lost(): void {
    this.restoreDue = true;
    if (this.outage || this.closed || !this.started) return;
    this.outage = true;
    this.options.logger?.warn('Redis does not answer: requests are refused until it does');
  }

  private found(): void {
    if (!this.outage) return;
    this.outage = false;
    this.backSince = performance.now();
    this.options.logger?.info('Redis answers again');
  }
}
