import { StoreUnavailableError } from '../sessions/errors.js';
import type { Clock } from '../auth/verifier.js';
import type { AuthStore, StoredValue } from './store.js';

/** Entries that one process keeps; beyond it nothing new is written until some expire. */
export const AUTH_ENTRIES = 100_000;
/** Writes between two searches for what has expired. */
const WRITES_PER_SWEEP = 1_000;

/** Keeps the state in this process: good for one node. Needs no timer, and so no close. */
export function memoryAuthStore({ entries = AUTH_ENTRIES, now = Date.now }: { entries?: number; now?: Clock } = {}): AuthStore {
  const kept = new Map<string, { text: string; until: number }>();
  let writes = 0;

  function live(key: string): string | undefined {
    const entry = kept.get(key);
    return entry && entry.until > now() ? entry.text : undefined;
  }

  function sweep(): void {
    writes = 0;
    for (const [key, entry] of kept) if (entry.until <= now()) kept.delete(key);
  }

  function write(key: string, text: string, ttlMs: number): void {
    writes += 1;
    if (writes >= WRITES_PER_SWEEP || kept.size >= entries) sweep();
    if (kept.size >= entries && !kept.has(key)) throw new StoreUnavailableError(new Error(`The authorization state has reached ${entries} entries`));
    kept.set(key, { text, until: now() + ttlMs });
  }

  return {
    async put(key, value, ttlMs) {
      write(key, JSON.stringify(value), ttlMs);
    },
    async read(...keys) {
      return keys.map((key) => parsed(live(key)));
    },
    async take(key) {
      const text = live(key);
      kept.delete(key);
      return parsed(text);
    },
    async claim(key, ttlMs) {
      if (live(key) !== undefined) return false;
      write(key, '{}', ttlMs);
      return true;
    },
    async renew(key, ttlMs) {
      const text = live(key);
      if (text === undefined) return false;
      kept.set(key, { text, until: now() + ttlMs });
      return true;
    },
    async remove(key) {
      kept.delete(key);
    },
  };
}

function parsed(text: string | undefined): StoredValue | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as StoredValue);
}
