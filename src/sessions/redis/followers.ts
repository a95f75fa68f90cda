import type { Logger } from '../../log.js';

/** A followed stream as Redis and the other nodes name it. */
export interface FollowedStream {
  readonly sessionId: string;
  readonly streamId: string;
}

interface Followed extends FollowedStream {
  readonly wakes: Set<() => void>;
}

/** Who follows which stream on this node. */
export class Followers {
  private readonly sessions = new Map<string, Map<string, Followed>>();

  constructor(private readonly logger?: Logger) {}

  /** Returns a function that removes the follower and answers whether the stream then has none left. */
  add(sessionId: string, streamId: string, wake: () => void): () => boolean {
    const own = () => wake();
    const streams = this.sessions.get(sessionId) ?? new Map<string, Followed>();
    const followed = streams.get(streamId) ?? { sessionId, streamId, wakes: new Set() };
    this.sessions.set(sessionId, streams.set(streamId, followed));
    followed.wakes.add(own);
    return () => {
      if (!followed.wakes.delete(own) || followed.wakes.size > 0) return false;
      streams.delete(streamId);
      if (streams.size === 0) this.sessions.delete(sessionId);
      return true;
    };
  }

  wakeStream(sessionId: string, streamId: string): void {
    for (const wake of this.sessions.get(sessionId)?.get(streamId)?.wakes ?? []) this.call(wake);
  }

  wakeSession(sessionId: string): void {
    for (const streamId of this.sessions.get(sessionId)?.keys() ?? []) this.wakeStream(sessionId, streamId);
  }

  /** All streams that are followed now. */
  streams(): FollowedStream[] {
    return [...this.sessions.values()].flatMap((streams) => [...streams.values()]);
  }

  private call(wake: () => void): void {
    try {
      wake();
    } catch (error) {
      this.logger?.error({ err: error }, 'A follower of an event stream failed');
    }
  }
}
