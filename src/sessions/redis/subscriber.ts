import * as z from 'zod';
import type { Logger } from '../../log.js';
import type { NodeMessage } from '../contract.js';
import { type RedisClient, withoutCommand } from './client.js';
import { withDeadline } from '../../net/time-limit.js';
import { ReplaceableClient } from './replaceable-client.js';
import { COMMAND_TIMEOUT_MS, STUCK_MS } from './timing.js';

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
  private heardAt = 0;

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

  /** Called after a beat was published: a connection that has heard none for long is replaced. */
  checkBeat(): void {
    if (!this.subscribed) this.connection.replaceIfStuck();
    else if (Date.now() - this.heardAt > STUCK_MS) this.connection.replace();
  }

  private prepare(client: RedisClient): void {
    client.on('close', () => {
      if (this.subscribedClient === client) this.subscribedClient = undefined;
    });
    client.on('message', (_channel, text) => this.receive(text));
    client.on('ready', () => void this.subscribe(client));
  }

  private async subscribe(client: RedisClient): Promise<void> {
    try {
      await withDeadline(client.subscribe(...this.channels), COMMAND_TIMEOUT_MS);
      if (!this.connection.isCurrent(client)) return;
      this.heardAt = Date.now();
      this.subscribedClient = client;
      this.handlers.onSubscribed();
    } catch (error) {
      this.logger?.debug({ err: withoutCommand(error) }, 'Subscribing failed');
      if (this.connection.isCurrent(client) && client.status === 'ready') this.connection.replace();
    }
  }

  private receive(text: string): void {
    this.heardAt = Date.now();
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
