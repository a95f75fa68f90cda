import * as z from 'zod';
import type { Logger } from '../../log.js';
import type { HistoryEntry, SessionPatch, SessionRecord, SessionStore } from '../contract.js';
import { SessionIdError, SessionLimitError, SubscriptionLimitError } from '../errors.js';
import { SUBSCRIPTION_BYTES_PER_SESSION, SUBSCRIPTIONS_PER_SESSION } from '../limits.js';
import { isSessionId } from '../session-id.js';
import { historyText, requireInitializeFits } from '../session-size.js';
import type { Followers } from './followers.js';
import { readRecord, subscriptionsIn, writeRecord } from './record.js';
import {
  APPEND_HISTORY,
  COUNT,
  CREATE,
  END,
  HISTORY,
  IS_SUBSCRIBED,
  PEEK,
  RENEW,
  SUBSCRIPTIONS,
  TOUCH,
  UPDATE,
} from './session-scripts.js';
import type { SessionScope } from './session-scope.js';

const strings = z.array(z.string());
const values = z.array(z.string().nullable());
const entry = z.looseObject({ id: z.string() });

export interface RedisSessionStoreOptions {
  scope: SessionScope;
  followers: Followers;
  historyLimit: number;
  maxSessions: number;
  logger?: Logger;
}

/** Sessions in Redis: one script an operation, each atomic and one round trip. */
export function redisSessionStore({
  scope,
  followers,
  historyLimit,
  maxSessions,
  logger,
}: RedisSessionStoreOptions): SessionStore {
  const { commands, keys } = scope;

  const record = (id: string, reply: unknown): SessionRecord | undefined => {
    if (reply === null) return undefined;
    try {
      return readRecord(id, values.parse(reply));
    } catch (error) {
      logger?.warn({ err: error }, 'A session record that cannot be read counts as missing');
      return undefined;
    }
  };
  const count = async () => Number(await commands.run(COUNT, [keys.index], []));

  return {
    async create(session) {
      if (!isSessionId(session.id)) throw new SessionIdError('malformed');
      requireInitializeFits(session.initialize);
      if (scope.cluster && (await count()) >= maxSessions) throw new SessionLimitError(maxSessions);
      const outcome = await scope.run(CREATE, session.id, maxSessions, ...writeRecord(session));
      if (outcome === 'exists') throw new SessionIdError('in use');
      if (outcome === 'full') throw new SessionLimitError(maxSessions);
      if (scope.cluster) await scope.index(session.id);
    },
    async touch(id, owner = '') {
      if (!isSessionId(id)) return undefined;
      const touched = record(id, await scope.run(TOUCH, id, owner));
      if (touched !== undefined) scope.used(id);
      return touched;
    },
    async peek(id) {
      if (!isSessionId(id)) return undefined;
      return record(id, await scope.run(PEEK, id));
    },
    async renew(id) {
      if (!isSessionId(id)) return false;
      const renewed = (await scope.run(RENEW, id)) === 1;
      if (renewed) scope.used(id);
      return renewed;
    },
    async update(id, patch) {
      if (!isSessionId(id)) return false;
      requireInitializeFits(patch.initialize);
      const limits = [SUBSCRIPTIONS_PER_SESSION, SUBSCRIPTION_BYTES_PER_SESSION] as const;
      const outcome = await scope.run(UPDATE, id, ...limits, ...changes(patch));
      if (outcome === -1) throw new SubscriptionLimitError(...limits);
      if (outcome === 1) scope.used(id);
      return outcome === 1;
    },
    async subscriptions(id) {
      return isSessionId(id) ? subscriptionsIn(strings.parse(await scope.run(SUBSCRIPTIONS, id))) : [];
    },
    async isSubscribed(id, uri) {
      return isSessionId(id) && (await scope.run(IS_SUBSCRIBED, id, uri)) === 1;
    },
    async end(id) {
      if (!isSessionId(id)) return false;
      const ended = (await scope.run(END, id)) === 1;
      if (ended && scope.cluster) commands.call('zrem', keys.index, id).catch(() => undefined);
      followers.wakeSession(id);
      return ended;
    },
    async appendHistory(id, calculation) {
      if (!isSessionId(id)) return undefined;
      const total = await scope.run(APPEND_HISTORY, id, historyLimit, historyText(calculation));
      if (total === null) return undefined;
      scope.used(id);
      return Number(total);
    },
    async history(id, limit) {
      if (!isSessionId(id) || limit < 1) return [];
      const reply = strings.parse(await scope.run(HISTORY, id, limit));
      return reply.map(readEntry).filter((read) => read !== undefined);
    },
    count,
    async list(limit) {
      const ids = strings.parse(await commands.call('zrevrange', keys.index, 0, limit - 1));
      const records = await Promise.all(ids.map(async (id) => record(id, await scope.run(PEEK, id))));
      return records.filter((found) => found !== undefined);
    },
    async close() {
      // The connections are the storage's, and sessions stay.
    },
  };
}

/** An entry of the history; undefined when it is not one that this version can read. */
function readEntry(text: string): HistoryEntry | undefined {
  try {
    return entry.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function changes({ subscribe, unsubscribe, initialize, protocolVersion, logLevel, listened }: SessionPatch): string[] {
  const fields = [subscribe ?? '', unsubscribe ?? ''];
  if (initialize !== undefined) fields.push('initialize', initialize);
  if (protocolVersion !== undefined) fields.push('protocolVersion', protocolVersion);
  if (logLevel !== undefined) fields.push('logLevel', logLevel);
  if (listened) fields.push('listened', '1');
  return fields;
}
