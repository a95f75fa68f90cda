import { describe, expect, test } from 'vitest';
import { resultAnswer, stamped, writtenOnce } from '../../src/protocol/answer.js';

const tools = [writtenOnce({ name: 'a', title: 'A "quoted" one' }), writtenOnce({ name: 'b' })];

describe('a list whose entries have been written already', () => {
  test.each([
    ['alone', { tools }],
    ['with a cursor', { tools, nextCursor: 'abc' }],
    ['stamped', stamped({ tools, ttlMs: 1000 }, { 'io.modelcontextprotocol/serverInfo': { name: 'x' } })],
    ['with an entry that has not been', { tools: [...tools, { name: 'c' }] }],
    ['with an entry that is no object', { tools: [...tools, null, 'c'] }],
    ['empty', { tools: [] }],
    ['where a tool has a member of that name', { tools: 3 }],
  ])('says what JSON says: %s', (_title, result) => {
    expect(JSON.parse(resultAnswer(1, result).text)).toEqual(
      JSON.parse(JSON.stringify({ jsonrpc: '2.0', id: 1, result })),
    );
  });

  test('is put together from their texts', () => {
    const changed = writtenOnce({ name: 'before' });
    changed.name = 'after';
    expect(resultAnswer(1, { tools: [changed] }).text).toContain('before');
  });
});
