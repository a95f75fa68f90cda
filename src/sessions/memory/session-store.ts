import type { NewSession, SessionPatch, SessionRecord, SessionStore } from '../contract.js';
import { SessionIdError, SessionLimitError, SubscriptionLimitError } from '../errors.js';
import { SUBSCRIPTIONS_PER_SESSION } from '../limits.js';
import { isSessionId } from '../session-id.js';
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
      if (table.has(session.id)) throw new SessionIdError('in use');
      if (table.count() >= limits.maxSessions) throw new SessionLimitError(limits.maxSessions);
      table.add(newRecord(session, table.now()));
    },
    async touch(id, owner) {
      if (table.find(id)?.record.owner !== owner) return undefined;
      const entry = table.use(id);
      if (entry === undefined) return undefined;
      entry.record = { ...entry.record, requestCount: entry.record.requestCount + 1, lastActivity: table.now() };
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
      table.replace(entry, patched(entry.record, patch));
      return true;
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
      history.push(calculation);
      if (history.length > limits.historyLimit) history.shift();
      const calculationCount = entry.record.calculationCount + 1;
      entry.record = { ...entry.record, calculationCount };
      return calculationCount;
    },
    async history(id, limit) {
      const history = table.find(id)?.history;
      return history === undefined || limit < 1 ? [] : history.slice(-limit).reverse();
    },
    async count() {
      return table.count();
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
    subscriptions: NONE,
    listened: false,
  };
}

function patched(record: SessionRecord, patch: SessionPatch): SessionRecord {
  const { initialize = record.initialize, protocolVersion = record.protocolVersion } = patch;
  const { logLevel = record.logLevel, listened = record.listened } = patch;
  return {
    ...record,
    initialize,
    protocolVersion,
    logLevel,
    listened,
    subscriptions: subscriptionsAfter(record.subscriptions, patch),
  };
}

function subscriptionsAfter(before: readonly string[], { subscribe, unsubscribe }: SessionPatch): readonly string[] {
  let after = before;
  if (subscribe !== undefined && !after.includes(subscribe)) {
    if (after.length >= SUBSCRIPTIONS_PER_SESSION) throw new SubscriptionLimitError(SUBSCRIPTIONS_PER_SESSION);
    after = [...after, subscribe];
  }
  if (unsubscribe !== undefined && after.includes(unsubscribe)) after = after.filter((uri) => uri !== unsubscribe);
  return after;
}
