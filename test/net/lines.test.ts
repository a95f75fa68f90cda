import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines, TOO_LONG } from '../../src/net/lines.js';

async function linesOf(chunks: (string | Buffer)[], limit = 100): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), limit)) lines.push(line);
  return lines;
}

test('lines are put together from chunks, and taken apart', async () => {
  expect(await linesOf(['a', 'b\nc', 'd\n', 'e\nf\n'])).toEqual(['ab', 'cd', 'e', 'f']);
});

test('a last line needs no end, and empty lines are left out', async () => {
  expect(await linesOf(['a\n\n  \nb'])).toEqual(['a', 'b']);
});

test('a character that is cut by a chunk stays whole', async () => {
  const bytes = Buffer.from('é ÷\n');
  expect(await linesOf([bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4)])).toEqual(['é ÷']);
});

test('a line beyond the limit is skipped to its end, and the next one is read', async () => {
  expect(await linesOf(['x'.repeat(60), 'x'.repeat(60), 'x\nshort\n'])).toEqual([TOO_LONG, 'short']);
  expect(await linesOf(['x'.repeat(200)])).toEqual([TOO_LONG]);
});
