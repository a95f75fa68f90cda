import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { anySignal } from '../../src/net/any-signal.js';

it('is aborted with the first of the signals that it follows, with its reason, and at once where one is already', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const before = anySignal(first.signal, undefined, second.signal);
  expect(before.signal.aborted).toBe(false);
  second.abort('why');
  expect(before.signal.reason).toBe('why');
  expect(anySignal(first.signal, second.signal).signal.reason).toBe('why');
});

it('leaves nothing at a signal that lives on once it is released, and follows it no more', () => {
  const long = new AbortController();
  const made = Array.from({ length: 1_000 }, () => anySignal(long.signal));
  expect(getEventListeners(long.signal, 'abort')).toHaveLength(1_000);
  for (const one of made) one.release();
  expect(getEventListeners(long.signal, 'abort')).toEqual([]);
  long.abort();
  expect(made.filter(({ signal }) => signal.aborted)).toEqual([]);
});
