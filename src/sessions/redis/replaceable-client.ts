import { type RedisClient, withoutCommand } from './client.js';
import { STUCK_MS } from './timing.js';

/**
 * A client that can be thrown away for a new one. ioredis reconnects when a connection closes; one whose peer hangs
 * or has vanished never closes, and waiting for it to end in order would take longer than starting afresh.
 */
export class ReplaceableClient {
  private current: RedisClient;
  /** Not a time while it is ready. */
  private notReadySince = 0;
  private closed = false;
  /** The latest connection error, for the message at the start. */
  lastError: Error | undefined;

  constructor(
    private readonly create: () => RedisClient,
    private readonly prepare: (client: RedisClient) => void,
  ) {
    this.current = this.make();
  }

  get client(): RedisClient {
    return this.current;
  }

  get ready(): boolean {
    return this.current.status === 'ready';
  }

  isCurrent(client: RedisClient): boolean {
    return client === this.current && !this.closed;
  }

  replace(): void {
    if (this.closed) return;
    this.current.disconnect();
    this.current = this.make();
  }

  /** Replaces a client that has not become ready for `STUCK_MS`. */
  replaceIfStuck(): void {
    if (!this.ready && performance.now() - this.notReadySince > STUCK_MS) this.replace();
  }

  close(): void {
    this.closed = true;
    this.current.disconnect();
  }

  private make(): RedisClient {
    const client = this.create();
    this.notReadySince = performance.now();
    client.on('error', (error) => (this.lastError = withoutCommand(error) as Error));
    client.on('ready', () => (this.notReadySince = Infinity));
    client.on('close', () => {
      if (this.notReadySince === Infinity) this.notReadySince = performance.now();
    });
    this.prepare(client);
    return client;
  }
}
