import { describe, expect, test } from 'vitest';
import { SessionIdError, UnknownEventError } from '../../src/index.js';
import { describe as topic } from '../../src/testing/contract/cases.js';
import { expect as check, ExpectationError } from '../../src/testing/expect.js';

/** By check: what holds, and what does not. */
const CHECKS: Readonly<Record<string, readonly [() => void, () => void]>> = {
  toBe: [() => check(1).toBe(1), () => check({}).toBe({})],
  'not.toBe': [() => check(1).not.toBe(2), () => check(1).not.toBe(1)],
  toEqual: [
    () => check({ a: [1, { b: undefined }] }).toEqual({ a: [1, {}] }),
    () => check({ a: 1, b: 2 }).toEqual({ a: 1 }),
  ],
  'toEqual of lists': [() => check([1, 2]).toEqual([1, 2]), () => check([1, 2]).toEqual({ 0: 1, 1: 2 })],
  toMatchObject: [
    () => check({ a: 1, b: { c: 2 } }).toMatchObject({ b: {} }),
    () => check({ a: 1 }).toMatchObject({ b: 1 }),
  ],
  'toMatchObject of lists': [() => check([{ a: 1 }]).toMatchObject([{}]), () => check([1, 2]).toMatchObject([1])],
  toBeUndefined: [() => check(undefined).toBeUndefined(), () => check(null).toBeUndefined()],
  toBeDefined: [() => check(null).toBeDefined(), () => check(undefined).toBeDefined()],
  toBeTruthy: [() => check('a').toBeTruthy(), () => check('').toBeTruthy()],
  toHaveLength: [() => check([1]).toHaveLength(1), () => check(undefined).toHaveLength(0)],
  toMatch: [() => check('abc').toMatch(/b/), () => check('abc').toMatch(/d/)],
  toBeGreaterThan: [() => check(2).toBeGreaterThan(1), () => check(NaN).toBeGreaterThan(1)],
  toBeGreaterThanOrEqual: [() => check(1).toBeGreaterThanOrEqual(1), () => check(0).toBeGreaterThanOrEqual(1)],
  toBeLessThan: [() => check(0).toBeLessThan(1), () => check(1).toBeLessThan(1)],
  toBeLessThanOrEqual: [() => check(1).toBeLessThanOrEqual(1), () => check(undefined).toBeLessThanOrEqual(1)],
};

describe('a check of the contract', () => {
  test.each(Object.entries(CHECKS))('%s holds where it is so, and fails where not', (_name, [good, bad]) => {
    expect(good).not.toThrow();
    expect(bad).toThrow(ExpectationError);
  });

  test('of a rejection knows an error by its code, whoever made its class', async () => {
    class Copy extends Error {
      readonly code = 'UNKNOWN_EVENT';
    }
    await check(Promise.reject(new Copy())).rejects.toThrow(UnknownEventError);
    await expect(check(Promise.reject(new Copy())).rejects.toThrow(SessionIdError)).rejects.toThrow(ExpectationError);
    await expect(check(Promise.resolve(1)).rejects.toThrow(SessionIdError)).rejects.toThrow('expected 1 to reject');
  });
});

describe('a case of the contract', () => {
  test('has a state of its own, clears up whatever came of it, and tells of what went wrong first', async () => {
    const log: string[] = [];
    const [good, bad] = topic('Topic', ({ it, afterEach }) => {
      let count = 0;
      afterEach(() => {
        log.push(`cleared ${count}`);
        if (count > 1) throw new Error('and this too');
      });
      it('is so', () => void (count += 1));
      it('is not', () => {
        count += 2;
        throw new Error('not so');
      });
    });
    expect([good?.name, bad?.name]).toEqual(['Topic: is so', 'Topic: is not']);
    await good?.run();
    await expect(bad?.run()).rejects.toThrow('not so');
    expect(log).toEqual(['cleared 1', 'cleared 2']);
  });
});
