import * as z from 'zod';
import type { EventLog, LogEvent } from '../contract.js';
import { UnknownEventError } from '../errors.js';
import { EVENT_CHARACTERS_PER_SESSION, EVENTS_PER_READ, EVENTS_PER_STREAM, STREAMS_PER_SESSION } from '../limits.js';
import { isSessionId } from '../session-id.js';
import { APPEND, FOLLOW, NEWEST, READ } from './event-scripts.js';
import type { FollowedStream, Followers } from './followers.js';
import type { SessionScope } from './session-scope.js';

/** Follows that are renewed at the same time after an outage. */
const FOLLOWS_AT_ONCE = 100;

const POSITION = /^\d+-\d+$/;
const positions = z.array(z.string());
const entries = z.array(z.tuple([z.string(), z.tuple([z.literal('m'), z.string(), z.literal('l'), z.string()])]));

export interface RedisEventLog extends EventLog {
  /** Tells Redis again what this node follows, and wakes everybody once: what was told meanwhile is lost. */
  restore(): Promise<void>;
}

/** Event logs as Redis streams; an event's position is its entry id. */
export function redisEventLog(scope: SessionScope, followers: Followers): RedisEventLog {
  const register = ({ sessionId, streamId }: FollowedStream) => scope.run(FOLLOW, sessionId, streamId);
  const unregister = ({ sessionId, streamId }: FollowedStream) => {
    const key = scope.keys.session(sessionId)[2];
    // If it fails, this node is woken for nothing until the session ends.
    scope.commands.call('srem', key, `${streamId}:${scope.nodeId}`).catch(() => undefined);
  };

  return {
    async append({ sessionId, streamId, messages, last = false }) {
      if (!isSessionId(sessionId)) return [];
      const limits = [EVENTS_PER_STREAM, STREAMS_PER_SESSION, EVENT_CHARACTERS_PER_SESSION];
      const reply = await scope.run(APPEND, sessionId, streamId, last ? 1 : 0, ...limits, ...messages);
      const kept = positions.parse(reply);
      if (kept.length === 0) return kept;
      scope.used(sessionId);
      // The script tells the other nodes; this one needs no way round by Redis.
      followers.wakeStream(sessionId, streamId);
      return kept.map((position) => `${streamId}:${position}`);
    },
    async read(sessionId, streamId, after, limit = EVENTS_PER_READ) {
      if (after !== undefined && positionIn(streamId, after) === undefined) throw new UnknownEventError(after);
      if (!isSessionId(sessionId)) return unknownOrEmpty(after);
      const from = after === undefined ? '' : (positionIn(streamId, after) as string);
      const reply = await scope.run(READ, sessionId, streamId, from, Math.max(0, limit));
      return reply === null ? unknownOrEmpty(after) : entries.parse(reply).map((entry) => eventOf(streamId, entry));
    },
    async newest(sessionId, streamId) {
      if (!isSessionId(sessionId)) return undefined;
      const position = await scope.run(NEWEST, sessionId, streamId);
      return position === null ? undefined : `${streamId}:${String(position)}`;
    },
    async follow(sessionId, streamId, wake) {
      if (!isSessionId(sessionId)) return () => undefined;
      // Here first, then there: a wake may come back before the reply does.
      const leave = followers.add(sessionId, streamId, wake);
      try {
        await register({ sessionId, streamId });
      } catch (error) {
        leave();
        throw error;
      }
      return () => {
        if (leave()) unregister({ sessionId, streamId });
      };
    },
    async restore() {
      const followed = followers.streams();
      for (let i = 0; i < followed.length; i += FOLLOWS_AT_ONCE) {
        await Promise.all(followed.slice(i, i + FOLLOWS_AT_ONCE).map(register));
      }
      for (const { sessionId, streamId } of followed) followers.wakeStream(sessionId, streamId);
    },
    async close() {
      // Sets of followers expire with their session, and a node that is gone is taken out when nobody hears its wake.
    },
  };
}

function positionIn(streamId: string, eventId: string): string | undefined {
  if (!eventId.startsWith(`${streamId}:`)) return undefined;
  const position = eventId.slice(streamId.length + 1);
  return POSITION.test(position) ? position : undefined;
}

function unknownOrEmpty(after: string | undefined): LogEvent[] {
  if (after !== undefined) throw new UnknownEventError(after);
  return [];
}

function eventOf(streamId: string, [position, [, message, , last]]: z.infer<typeof entries>[number]): LogEvent {
  return { id: `${streamId}:${position}`, message, last: last === '1' };
}
