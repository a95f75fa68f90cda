import type { Storage } from '../contract.js';
import { COUNTED_KEYS } from '../limits.js';

/** Counts in this process. A window is replaced when its key is counted after its end; what is never counted again falls to the bound. */
export function memoryCounter({
  keys = COUNTED_KEYS,
  clock = Date.now,
}: {
  keys?: number;
  clock?: () => number;
} = {}): Storage['count'] {
  /** In the order in which the windows began. */
  const windows = new Map<string, { hits: number; readonly resetAt: number }>();
  return async (key, windowMs) => {
    const open = windows.get(key);
    if (open !== undefined && open.resetAt > clock()) {
      open.hits += 1;
      return { ...open };
    }
    windows.delete(key);
    const [oldest] = windows.size >= keys ? windows.keys() : [];
    if (oldest !== undefined) windows.delete(oldest);
    const begun = { hits: 1, resetAt: clock() + windowMs };
    windows.set(key, begun);
    return { ...begun };
  };
}
