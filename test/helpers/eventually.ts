import { setTimeout as delay } from 'node:timers/promises';

/** How long something may take to come true, and how often it is looked at, ms. */
const LIMIT_MS = 5_000;
const PAUSE_MS = 10;

/** Resolves when the assertions hold; rejects with the last failure when they don't in time. */
export async function eventually<T>(assertion: () => T | Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}
