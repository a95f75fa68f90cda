import type { Store } from 'express-rate-limit';

/** Keys that one counter remembers; the least recently started window is forgotten first. */
const MAX_KEYS = 100_000;

interface Window {
  totalHits: number;
  resetTime: Date;
}

/** Counts in this process. express-rate-limit's own store does as well, but with no bound on the number of keys. */
export function memoryCounter(): Store {
  const windows = new Map<string, Window>();
  let windowMs = 60_000;

  function current(key: string): Window | undefined {
    const window = windows.get(key);
    if (window === undefined || window.resetTime.getTime() > Date.now()) return window;
    windows.delete(key);
    return undefined;
  }

  return {
    localKeys: true,
    init: (options) => {
      windowMs = options.windowMs;
    },
    get: current,
    increment: (key) => {
      const window = current(key) ?? { totalHits: 0, resetTime: new Date(Date.now() + windowMs) };
      window.totalHits += 1;
      windows.set(key, window);
      const [oldest] = windows.size > MAX_KEYS ? windows.keys() : [];
      if (oldest !== undefined) windows.delete(oldest);
      return window;
    },
    decrement: (key) => {
      const window = current(key);
      if (window !== undefined && window.totalHits > 0) window.totalHits -= 1;
    },
    resetKey: (key) => {
      windows.delete(key);
    },
    resetAll: () => windows.clear(),
  };
}
