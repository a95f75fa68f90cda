import * as z from 'zod';
import type { Logger } from '../../log.js';
import type { NodeMessage } from '../contract.js';
import { type RedisClient, withoutCommand } from './client.js';
import { withDeadline } from '../../net/time-limit.js';
import { isRefusal } from './failures.js';
import { ReplaceableClient } from './replaceable-client.js';
import { COMMAND_TIMEOUT_MS, HEARTBEAT_MS, STUCK_MS } from './timing.js';

const nodeMessage = z.looseObject({ kind: z.string(), sessionId: z.string() });
/** What goes over a channel: a message, the wake of a stream's followers, or a heartbeat's echo. */
const signal = z.union([
  z.object({ from: z.string(), message: nodeMessage }),
  z.object({ wake: z.tuple([z.string(), z.string()]) }),
  z.object({ beat: z.string() }),
]);

export interface SignalHandlers {
  onMessage(from: string, message: NodeMessage): void;
  onWake(sessionId: string, streamId: string): void;
  /** Called each time the channels have been subscribed to: at the start and after every reconnection. */
  onSubscribed(): void;
}

/** The connection that listens to this node's two channels. */
export class Subscriber {
  readonly connection: ReplaceableClient;
  private subscribedClient: RedisClient | undefined;
  /** When the first beat was published after which nothing came; undefined while something does. */
  private unheardSince: number | undefined;
  private movedAt = -Infinity;
  private silentSince = performance.now();
  private refused = false;

  constructor(
    create: () => RedisClient,
    private readonly channels: readonly string[],
    private readonly handlers: SignalHandlers,
    private readonly logger?: Logger,
  ) {
    this.connection = new ReplaceableClient(create, (client) => this.prepare(client));
  }

  get subscribed(): boolean {
    return this.subscribedClient === this.connection.client && this.connection.ready;
  }

  /** Whether nothing can have been heard for long, so that who waits here for an event waits in vain. */
  get deaf(): boolean {
    return !this.subscribed && performance.now() - this.silentSince > STUCK_MS;
  }

  /**
   * Called after a beat was published; `reached` says whether anybody listened there. A connection that has heard none for
   * long is replaced, and one that listens elsewhere: to the old master, which after a failover lives on as a replica.
   * That it hears this beat even so says nothing: a message reaches replicas, but is not counted there.
   */
  checkBeat(reached: boolean): void {
    const now = performance.now();
    if (!this.subscribed) {
      if (this.refused && this.connection.ready) void this.subscribe(this.connection.client);
      else this.connection.replaceIfStuck();
    } else if (now - (this.unheardSince ??= now) > STUCK_MS) this.listenAnew();
    else if (!reached && now - this.movedAt > HEARTBEAT_MS / 2) {
      // Not again at once: the address may lead to the old master for a while.
      this.movedAt = now;
      this.logger?.debug('This node listens to a Redis that is not written to: it listens anew');
      this.listenAnew();
    }
  }

  /** Called when no beat could be published: none is missed. */
  expectNone(): void {
    this.unheardSince = undefined;
  }

  private listenAnew(): void {
    this.silence();
    this.connection.replace();
  }

  private silence(): void {
    this.subscribedClient = undefined;
    this.silentSince = performance.now();
  }

  private prepare(client: RedisClient): void {
    client.on('close', () => {
      if (this.subscribedClient === client) this.silence();
    });
    client.on('message', (_channel, text) => this.receive(text));
    client.on('ready', () => void this.subscribe(client));
  }

  private async subscribe(client: RedisClient): Promise<void> {
    this.refused = false;
    try {
      await withDeadline(client.subscribe(...this.channels), COMMAND_TIMEOUT_MS);
      if (!this.connection.isCurrent(client)) return;
      this.unheardSince = undefined;
      this.subscribedClient = client;
      this.handlers.onSubscribed();
    } catch (error) {
      this.logger?.debug({ err: withoutCommand(error) }, 'Subscribing failed');
      if (!this.connection.isCurrent(client) || client.status !== 'ready') return;
      // A refusal is the same on any connection: the next beat tries again.
      this.refused = isRefusal(error);
      if (this.refused) this.connection.lastError = error as Error;
      else this.connection.replace();
    }
  }

  private receive(text: string): void {
    this.unheardSince = undefined;
    let received: z.infer<typeof signal>;
    try {
      received = signal.parse(JSON.parse(text));
    } catch {
      this.logger?.warn('A node sent what this version does not understand');
      return;
    }
    if ('message' in received) this.handlers.onMessage(received.from, received.message);
    else if ('wake' in received) this.handlers.onWake(...received.wake);
  }
}
