import { expect, test, vi } from 'vitest';
import { Patience } from '../../src/net/patience.js';

test('tells of each who has waited for the time, in order, and of nobody who was let go', () => {
  vi.useFakeTimers();
  try {
    const told: [string, number][] = [];
    const start = performance.now();
    const patience = new Patience<string>(250, (waiter) => told.push([waiter, performance.now() - start]));
    patience.add('first');
    patience.add('answered');
    vi.advanceTimersByTime(100);
    patience.delete('answered');
    patience.add('second');
    vi.advanceTimersByTime(1_000);
    patience.add('third');
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([
      ['first', 250],
      ['second', 350],
      ['third', 1_350],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
