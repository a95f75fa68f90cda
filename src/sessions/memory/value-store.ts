import type { StoredValue, ValueStore } from '../contract.js';
import { StoreUnavailableError } from '../errors.js';
import { LARGE_VALUE_CHARACTERS, VALUE_CHARACTERS_IN_MEMORY, VALUES_IN_MEMORY } from '../limits.js';

/** Writes between two searches for what has expired. */
const WRITES_PER_SWEEP = 1_000;

/** Values in this process. Needs no timer, and so no close. */
export function memoryValueStore({
  entries = VALUES_IN_MEMORY,
  characters = VALUE_CHARACTERS_IN_MEMORY,
  clock = () => performance.now(),
}: {
  entries?: number;
  characters?: number;
  clock?: () => number;
} = {}): ValueStore {
  const kept = new Map<string, { text: string; until: number }>();
  let writes = 0;
  let size = 0;

  function remove(key: string): void {
    size -= kept.get(key)?.text.length ?? 0;
    kept.delete(key);
  }

  function live(key: string): string | undefined {
    const entry = kept.get(key);
    return entry && entry.until > clock() ? entry.text : undefined;
  }

  function sweep(): void {
    writes = 0;
    for (const [key, entry] of kept) if (entry.until <= clock()) remove(key);
  }

  function write(key: string, text: string, ttlMs: number): void {
    writes += 1;
    const room = text.length > LARGE_VALUE_CHARACTERS ? characters / 2 : characters;
    const isFull = () =>
      (kept.size >= entries && !kept.has(key)) || size - (kept.get(key)?.text.length ?? 0) + text.length > room;
    if (writes >= WRITES_PER_SWEEP || isFull()) sweep();
    if (isFull()) throw new StoreUnavailableError(new Error(`There are ${kept.size} values already`));
    remove(key);
    size += text.length;
    kept.set(key, { text, until: clock() + ttlMs });
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
      remove(key);
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
      kept.set(key, { text, until: clock() + ttlMs });
      return true;
    },
    async remove(key) {
      remove(key);
    },
  };
}

function parsed(text: string | undefined): StoredValue | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as StoredValue);
}
