import type { Change, ChangeFeed } from '../../sessions/contract.js';

export interface SubscribedOptions {
  readonly changes: ChangeFeed;
  readonly sessionId: string;
  /** Tells the client that a resource has changed; resolves when it can be told of the next. */
  readonly tell: (notification: object) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

/**
 * The resources that a session has subscribed to, where its client can be told of them: over its connection, or by its open stream.
 * Follows the changes that other sessions, other nodes and the modern era make, while there is anything to hear of; what the
 * session's own requests change, they tell themselves. A slow client is told once of what changed several times meanwhile.
 */
export class Subscribed {
  /** Bounded by what a session may subscribe to (`SUBSCRIPTIONS_PER_SESSION`). */
  private readonly uris = new Set<string>();
  private readonly waiting = new Set<string>();
  private telling = false;
  private following: Promise<() => void> | undefined;

  constructor(private readonly options: SubscribedOptions) {}

  /** Resolves when nothing is missed any more. */
  async add(uri: string): Promise<void> {
    this.uris.add(uri);
    this.following ??= this.options.changes.follow((change) => this.hear(change));
    try {
      await this.following;
    } catch (error) {
      // The others could not be told now; the next subscription tries again.
      this.following = undefined;
      this.options.onError(error);
    }
  }

  remove(uri: string): void {
    this.uris.delete(uri);
    this.waiting.delete(uri);
    if (this.uris.size === 0) this.close();
  }

  close(): void {
    this.uris.clear();
    this.waiting.clear();
    this.following?.then(
      (unfollow) => unfollow(),
      () => undefined,
    );
    this.following = undefined;
  }

  private hear({ kind, uri, owner, by }: Change): void {
    // What has an owner is of the modern era; a session has its own.
    if (kind !== 'resource' || owner !== undefined || uri === undefined || !this.uris.has(uri)) return;
    if (by === this.options.sessionId) return;
    this.waiting.add(uri);
    if (!this.telling) this.tell().catch(this.options.onError);
  }

  private async tell(): Promise<void> {
    this.telling = true;
    try {
      for (const uri of this.waiting) {
        this.waiting.delete(uri);
        await this.options.tell({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
      }
    } finally {
      this.telling = false;
    }
  }
}
