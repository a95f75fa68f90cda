import { expect, test } from 'vitest';
import { page } from '../../src/protocol/pagination.js';

const ITEMS = Array.from({ length: 25 }, (_, index) => index);

test('pages follow each other without a gap or an overlap, and the last has no cursor', () => {
  const seen: number[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const { items, nextCursor } = page('tools/list', ITEMS, cursor, 10);
    seen.push(...items);
    cursor = nextCursor;
    pages += 1;
  } while (cursor !== undefined);
  expect([seen, pages]).toEqual([ITEMS, 3]);
});

test('the same page is the same array, unless somebody made up where it begins', () => {
  const cursor = page('tools/list', ITEMS, undefined, 10).nextCursor;
  const made = btoa('tools/list:7');
  const twice = (which: string | undefined) => [1, 2].map(() => page('tools/list', ITEMS, which, 10).items);
  const [[first, again], [second, other]] = [twice(cursor), twice(made)];
  expect(first).toBe(again);
  expect(second).toEqual(other);
  expect(second).not.toBe(other);
});

test('a list that fits has no cursor', () => {
  expect(page('tools/list', ITEMS, undefined, 25)).toEqual({ items: ITEMS });
});

test.each([
  '',
  'made up',
  Buffer.from('tools/list:25').toString('base64url'),
  Buffer.from('tools/list:-1').toString('base64url'),
])('the cursor %j is refused with -32602', (cursor) => {
  expect(() => page('tools/list', ITEMS, cursor, 10)).toThrow(expect.objectContaining({ code: -32602 }) as Error);
});

test("another list's cursor is refused", () => {
  const { nextCursor } = page('prompts/list', ITEMS, undefined, 10);
  expect(() => page('tools/list', ITEMS, nextCursor, 10)).toThrow(expect.objectContaining({ code: -32602 }) as Error);
});
