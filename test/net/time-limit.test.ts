import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { within, withDeadline } from '../../src/net/time-limit.js';

const never = new Promise<never>(() => undefined);
const timers = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;

describe('a promise with a time limit', () => {
  it('has the outcome of the promise when that is in time, and leaves no timer behind', async () => {
    const before = timers();
    expect(await within(Promise.resolve(1), 60_000, () => 2)).toBe(1);
    await expect(within(Promise.reject(new Error('own')), 60_000, () => 2)).rejects.toThrow('own');
    expect(timers()).toBe(before);
  });

  it('gives or throws what stands for it when the time is over, and drops what comes later', async () => {
    expect(await within(never, 5, () => 'late')).toBe('late');
    await expect(withDeadline(never, 5)).rejects.toMatchObject({ code: 'DEADLINE', message: 'No reply within 5 ms' });
    await expect(withDeadline(never, 5, 'nobody came')).rejects.toThrow('nobody came');
    let fail: (error: Error) => void = () => undefined;
    const failing = new Promise<never>((_resolve, reject) => (fail = reject));
    expect(await within(failing, 5, () => 'late')).toBe('late');
    // An unhandled rejection would end the test run.
    fail(new Error('too late'));
    await delay(1);
  });

  it('asks for nothing in its place when the outcome was waiting behind a stall of the process', async () => {
    let asked = false;
    const arrives = new Promise<string>((resolve) => setImmediate(() => resolve('there')));
    const result = within(arrives, 1, () => ((asked = true), 'late'));
    const stalled = performance.now() + 20;
    while (performance.now() < stalled);
    expect(await result).toBe('there');
    await delay(5);
    expect(asked).toBe(false);
  });

  it('ends with the reason of its signal, at once, without a timer or a listener left', async () => {
    const before = timers();
    const abort = new AbortController();
    const waiting = within(never, 60_000, () => 'late', abort.signal);
    abort.abort(new Error('no longer wanted'));
    await expect(waiting).rejects.toThrow('no longer wanted');
    await expect(within(never, 60_000, () => 'late', abort.signal)).rejects.toThrow('no longer wanted');
    expect(timers()).toBe(before);
  });
});
