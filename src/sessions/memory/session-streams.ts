import type { LogEvent } from '../contract.js';
import { EVENT_CHARACTERS_PER_SESSION, EVENTS_PER_STREAM, STREAMS_PER_SESSION } from '../limits.js';

/** One stream's events; positions are consecutive, so an event is found by counting from the first. */
interface Stream {
  first: number;
  events: LogEvent[];
  ended: boolean;
}

/** Characters of the events of all sessions. */
export interface EventTotal {
  characters: number;
}

interface Follower {
  readonly streamId: string;
  readonly wake: () => void;
}

/** The streams of one session and who follows them: made when the first is needed, dropped with the session. */
export class SessionStreams {
  /** Ordered by the latest append, least recent first. */
  private readonly streams = new Map<string, Stream>();
  private readonly followers = new Set<Follower>();
  private characters = 0;

  constructor(
    private readonly callWake: (wake: () => void) => void,
    private readonly total: EventTotal,
  ) {}

  /**
   * @param position greater than that of any append before it, in any session: a stream that was dropped
   * and begins again then never uses an id twice. Returns the event's id, or undefined where the stream has ended.
   */
  append(streamId: string, position: number, message: string, last: boolean): string | undefined {
    const stream = this.streams.get(streamId) ?? { first: position, events: [], ended: false };
    if (stream.ended) return undefined;
    this.streams.delete(streamId);
    this.streams.set(streamId, stream);
    const id = `${streamId}:${stream.first + stream.events.length}`;
    stream.events.push({ id, message, last });
    stream.ended = last;
    this.grow(message.length);
    this.makeRoom(streamId, stream);
    this.wake(streamId);
    return id;
  }

  /** The events after an id; undefined when the stream has no such event. */
  after(streamId: string, eventId: string | undefined, limit: number): LogEvent[] | undefined {
    const stream = this.streams.get(streamId);
    if (eventId === undefined) return stream?.events.slice(0, limit) ?? [];
    if (stream === undefined) return undefined;
    const index = Number(eventId.slice(streamId.length + 1)) - stream.first;
    if (stream.events[index]?.id !== eventId) return undefined;
    return stream.events.slice(index + 1, index + 1 + limit);
  }

  newest(streamId: string): string | undefined {
    return this.streams.get(streamId)?.events.at(-1)?.id;
  }

  follow(streamId: string, wake: () => void): () => void {
    const follower = { streamId, wake };
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  /** Drops what is needed least until at most so many characters are left; all of it, where the last event alone has more. */
  shrink(characters: number): void {
    while (this.characters > characters) {
      const [only] = this.streams.size === 1 ? this.streams.values() : [];
      if (only && only.events.length > 1) this.dropOldestEvent(only);
      else this.dropStream(this.leastNeeded());
    }
  }

  /** The session is gone: everybody who follows is to look. */
  end(): void {
    this.grow(-this.characters);
    const followers = [...this.followers];
    this.followers.clear();
    for (const { wake } of followers) this.callWake(wake);
  }

  private wake(streamId: string): void {
    for (const follower of this.followers) if (follower.streamId === streamId) this.callWake(follower.wake);
  }

  /** What was just appended stays: the others of the session give way first. */
  private makeRoom(current: string, stream: Stream): void {
    if (stream.events.length > EVENTS_PER_STREAM) this.dropOldestEvent(stream);
    while (this.streams.size > STREAMS_PER_SESSION) this.dropStream(this.leastNeeded(current));
    while (this.characters > EVENT_CHARACTERS_PER_SESSION && this.streams.size > 1)
      this.dropStream(this.leastNeeded(current));
    while (this.characters > EVENT_CHARACTERS_PER_SESSION && stream.events.length > 1) this.dropOldestEvent(stream);
  }

  /** Call only while there is a stream, and another than the current one, which is the last of the order. */
  private leastNeeded(current?: string): string {
    for (const [id, { ended }] of this.streams) if (ended && id !== current) return id;
    return this.streams.keys().next().value as string;
  }

  private dropOldestEvent(stream: Stream): void {
    this.grow(-(stream.events.shift()?.message.length ?? 0));
    stream.first++;
  }

  private dropStream(streamId: string): void {
    for (const event of this.streams.get(streamId)?.events ?? []) this.grow(-event.message.length);
    this.streams.delete(streamId);
  }

  private grow(characters: number): void {
    this.characters += characters;
    this.total.characters += characters;
  }
}
