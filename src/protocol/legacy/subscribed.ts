import type { Change, ChangeFeed } from '../../sessions/contract.js';

export interface SubscribedOptions {
  readonly changes: ChangeFeed;
  readonly sessionId: string;
  /** Whether it is also told of lists that have changed, from the beginning. */
  readonly lists?: boolean;
  /** Tells the client that a resource has changed; resolves when it can be told of the next. */
  readonly tell: (notification: object) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

const LISTS: ReadonlySet<Change['kind']> = new Set(['tools', 'prompts', 'resources']);

/**
 * The resources that a session has subscribed to, where its client can be told of them: over its connection, or by its open stream.
 * Follows the changes that other sessions, other nodes and the modern era make, while there is anything to hear of; what the
 * session's own requests change, they tell themselves. A slow client is told once of what changed several times meanwhile.
 */
export class Subscribed {
  /** Bounded by what a session may subscribe to (`SUBSCRIPTIONS_PER_SESSION`). */
  private readonly uris = new Set<string>();
  /** URIs, and methods of lists. */
  private readonly waiting = new Set<string>();
  private telling = false;
  private following: Promise<() => void> | undefined;

  constructor(private readonly options: SubscribedOptions) {}

  /** Begins to hear. Resolves when nothing is missed any more. */
  async open(): Promise<void> {
    this.following ??= this.options.changes.follow((change) => this.hear(change));
    try {
      await this.following;
    } catch (error) {
      // The others could not be told now; the next subscription tries again.
      this.following = undefined;
      this.options.onError(error);
    }
  }

  /** Resolves when nothing is missed any more. */
  async add(uri: string): Promise<void> {
    this.uris.add(uri);
    await this.open();
  }

  remove(uri: string): void {
    this.uris.delete(uri);
    this.waiting.delete(uri);
    if (this.uris.size === 0 && !this.options.lists) this.close();
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
    if (this.options.lists && LISTS.has(kind)) return this.put(`notifications/${kind}/list_changed`);
    if (kind !== 'resource' || owner !== undefined || uri === undefined || !this.uris.has(uri)) return;
    if (by === this.options.sessionId) return;
    this.put(uri);
  }

  private put(what: string): void {
    this.waiting.add(what);
    if (!this.telling) this.tell().catch(this.options.onError);
  }

  private async tell(): Promise<void> {
    this.telling = true;
    try {
      for (const what of this.waiting) {
        this.waiting.delete(what);
        const isList = this.options.lists && what.startsWith('notifications/');
        const told = isList ? { method: what } : { method: 'notifications/resources/updated', params: { uri: what } };
        await this.options.tell({ jsonrpc: '2.0', ...told });
      }
    } finally {
      this.telling = false;
    }
  }
}
