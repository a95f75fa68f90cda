import type { HistoryEntry, NewSession, SessionPatch, SessionRecord, SessionStore } from '../contract.js';
import { SessionIdError, SessionLimitError, SubscriptionLimitError } from '../errors.js';
import { SUBSCRIPTION_BYTES_PER_SESSION, SUBSCRIPTIONS_PER_SESSION } from '../limits.js';
import { isSessionId } from '../session-id.js';
import { historyText, requireInitializeFits } from '../session-size.js';
import type { SessionTable } from './session-table.js';

/** Shared by all the sessions without a subscription. */
const NONE: readonly string[] = Object.freeze([]);

/**
 * Sessions in this process's memory. A record is replaced when it changes, never written to, so what was
 * handed out stays as it was without a copy.
 */
export function memorySessionStore(
  table: SessionTable,
  limits: { historyLimit: number; maxSessions: number },
): SessionStore {
  return {
    async create(session) {
      if (!isSessionId(session.id)) throw new SessionIdError('malformed');
      requireInitializeFits(session.initialize);
      if (table.has(session.id)) throw new SessionIdError('in use');
      if (table.isFull(limits.maxSessions)) throw new SessionLimitError(limits.maxSessions);
      table.add(newRecord(session, Date.now()));
    },
    async touch(id, owner) {
      if (table.find(id)?.record.owner !== owner) return undefined;
      const entry = table.use(id);
      if (entry === undefined) return undefined;
      entry.record = { ...entry.record, requestCount: entry.record.requestCount + 1, lastActivity: Date.now() };
      return entry.record;
    },
    async peek(id) {
      return table.find(id)?.record;
    },
    async renew(id) {
      return table.use(id) !== undefined;
    },
    async update(id, patch) {
      const entry = table.use(id);
      if (entry === undefined) return false;
      requireInitializeFits(patch.initialize);
      const subscriptions = subscriptionsAfter(entry.subscriptions ?? NONE, patch);
      entry.subscriptions = subscriptions;
      table.replace(entry, patched(entry.record, patch, subscriptions.length > 0));
      return true;
    },
    async subscriptions(id) {
      return [...(table.find(id)?.subscriptions ?? NONE)];
    },
    async isSubscribed(id, uri) {
      return table.find(id)?.subscriptions?.includes(uri) ?? false;
    },
    async end(id) {
      // One that has expired is left to the sweep, which tells so.
      if (!table.has(id)) return false;
      table.drop(id);
      return true;
    },
    async appendHistory(id, calculation) {
      const entry = table.use(id);
      if (entry === undefined) return undefined;
      const history = (entry.history ??= []);
      history.push(historyText(calculation));
      if (history.length > limits.historyLimit) history.shift();
      const calculationCount = entry.record.calculationCount + 1;
      entry.record = { ...entry.record, calculationCount };
      return calculationCount;
    },
    async history(id, limit) {
      const history = table.find(id)?.history;
      if (history === undefined || limit < 1) return [];
      return history
        .slice(-limit)
        .reverse()
        .map((text) => JSON.parse(text) as HistoryEntry);
    },
    async count() {
      return table.count();
    },
    async list(limit) {
      table.sweep();
      // Who was used last stands last.
      return [...table.all()]
        .slice(-limit)
        .reverse()
        .map(({ record }) => record);
    },
    async close() {
      table.close();
    },
  };
}

function newRecord(session: NewSession, now: number): SessionRecord {
  return {
    id: session.id,
    initialize: session.initialize,
    protocolVersion: session.protocolVersion,
    owner: session.owner,
    createdAt: now,
    lastActivity: now,
    requestCount: 0,
    calculationCount: 0,
    logLevel: undefined,
    subscribed: false,
    listened: false,
  };
}

function patched(record: SessionRecord, patch: SessionPatch, subscribed: boolean): SessionRecord {
  const { initialize = record.initialize, protocolVersion = record.protocolVersion } = patch;
  const { logLevel = record.logLevel, listened = record.listened } = patch;
  return { ...record, initialize, protocolVersion, logLevel, listened, subscribed };
}

function subscriptionsAfter(before: readonly string[], { subscribe, unsubscribe }: SessionPatch): readonly string[] {
  let after = before;
  if (subscribe !== undefined && !after.includes(subscribe)) {
    after = [...after, subscribe];
    if (after.length > SUBSCRIPTIONS_PER_SESSION || Buffer.byteLength(after.join('')) > SUBSCRIPTION_BYTES_PER_SESSION)
      throw new SubscriptionLimitError(SUBSCRIPTIONS_PER_SESSION, SUBSCRIPTION_BYTES_PER_SESSION);
  }
  if (unsubscribe !== undefined && after.includes(unsubscribe)) after = after.filter((uri) => uri !== unsubscribe);
  return after;
}
