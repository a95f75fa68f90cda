import type { Storage } from '../../sessions/contract.js';

/** What a case needs of the storage that is opened for it. */
export interface OpenOptions {
  /** How long a session lives after its last use, ms. */
  ttlMs?: number;
  historyLimit?: number;
  maxSessions?: number;
}

/** What the contract suite is run against. Every call opens storage that shares nothing with what was opened before. */
export interface Subject {
  /** Two nodes of one storage; where there can only be one node, the same one twice. */
  openNodes(options?: OpenOptions): Promise<[Storage, Storage]>;
}

/** What a storage is opened with where a case does not say: nothing expires or fills up then. */
export const STORAGE_DEFAULTS = { ttlMs: 60_000, historyLimit: 50, maxSessions: 10_000 };

export const INITIALIZE = JSON.stringify({
  protocolVersion: '2025-11-25',
  capabilities: { elicitation: {} },
  clientInfo: { name: 'contract', version: '1.0.0', title: 'Ünïcödé ÷ "quotes"' },
});

/** A new session with the id that a test names. */
export function session(id: string) {
  return { id, initialize: INITIALIZE, protocolVersion: '2025-11-25' };
}

/** Looks until a condition holds, at most `ms`; the assertion after it then says what is wrong. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 3_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition()) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}
