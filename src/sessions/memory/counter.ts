import type { Storage } from '../contract.js';
import { COUNTED_KEYS } from '../limits.js';

/** Counts in this process. A window is replaced when its key is counted after its end; what is never counted again falls to the bound. */
export function memoryCounter({
  keys = COUNTED_KEYS,
  clock = () => performance.now(),
}: {
  keys?: number;
  clock?: () => number;
} = {}): Storage['count'] {
  /** In the order in which the windows began. */
  const windows = new Map<string, { hits: number; readonly until: number }>();
  return async (key, windowMs, by = 1) => {
    const open = windows.get(key);
    const now = clock();
    if (open !== undefined && open.until > now) {
      open.hits += by;
      return { hits: open.hits, leftMs: open.until - now };
    }
    windows.delete(key);
    const [oldest] = windows.size >= keys ? windows.keys() : [];
    if (oldest !== undefined) windows.delete(oldest);
    windows.set(key, { hits: by, until: now + windowMs });
    return { hits: by, leftMs: windowMs };
  };
}
