import { describe, expect, test } from 'vitest';
import { resultAnswer, stamped, writtenOnce } from '../../src/protocol/answer.js';

const entries = [{ name: 'a', title: 'A "quoted" × one' }, { name: 'b' }];
const tools = writtenOnce(entries);

describe('a list that has been written already', () => {
  test.each([
    ['alone', { tools }],
    ['with a cursor', { tools, nextCursor: 'abc×' }],
    ['stamped', stamped({ tools, ttlMs: 1000 }, { 'io.modelcontextprotocol/serverInfo': { name: 'x' } })],
    ['empty', { tools: writtenOnce([]) }],
    ['beside one that has not been', { tools: [...tools, null, 'c'] }],
    ['where a tool has a member of that name', { tools: 3 }],
  ])('says what JSON says, as a text and as bytes: %s', (_title, result) => {
    const { text, bytes } = resultAnswer(1, result);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
    if (bytes) expect(new TextDecoder().decode(bytes())).toBe(text);
  });

  test('is put together from its text, and from bytes that were encoded once', () => {
    const changed = { name: 'before' };
    const list = writtenOnce([changed]);
    changed.name = 'after';
    const { text, bytes } = resultAnswer(1, { tools: list });
    expect(text).toContain('before');
    expect(bytes?.()).toEqual(new TextEncoder().encode(text));
    expect(resultAnswer(2, { tools: [changed] }).bytes).toBeUndefined();
  });
});
