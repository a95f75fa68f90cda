import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonTextError, parseJsonText } from '../../src/hosts/json-text.js';

function faultOf(text: string, lenient = false): JsonTextError {
  try {
    parseJsonText(text, lenient);
  } catch (error) {
    if (error instanceof JsonTextError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('a fault in JSON is placed and named', () => {
  it.each([
    ['{\n  "a": 1,\n}', 2, 9, 'the comma before } is one too many'],
    ['{\n  // why\n  "a": 1\n}', 2, 3, 'comments are not allowed in this file'],
    ['{ "a": 1 "b": 2 }', 1, 10, 'a comma or } should be here, not "\\""'],
    ['{ a: 1 }', 1, 3, 'a name in double quotes should be here, not "a"'],
    ["{ 'a': 1 }", 1, 3, 'texts stand in double quotes, not in single ones'],
    ['{ “a”: 1 }', 1, 3, '“ is a typographic quote: use "'],
    ['{ "a" 1 }', 1, 7, 'a colon after "a" should be here, not "1"'],
    ['{ "a": ', 1, 8, 'the file ends where a value should be'],
    ['{ "a": "b\n}', 1, 8, 'the text in quotes has no end, or a character that must be escaped'],
    ['{ "command": "C:\\Users\\me" }', 1, 14, 'each \\ of a path must be written twice: \\\\'],
    ['{} x', 1, 4, 'something follows after the end of the value'],
    ['['.repeat(1_000), 1, 202, 'it is nested too deeply'],
  ])('%j', (text, line, column, message) => {
    expect(faultOf(text)).toMatchObject({ line, column, message });
  });
});

it('comments and trailing commas pass where a host allows them', () => {
  const text = '\ufeff{ /* one */ "url": "http://x//y", // two\n "list": [1, 2,], }';
  expect(parseJsonText(text, true)).toEqual({ url: 'http://x//y', list: [1, 2] });
  expect(faultOf('{ "a": }', true).message).toContain('a value should be here');
});

it('a byte order mark is no fault', () => {
  expect(parseJsonText(`\ufeff${readFileSync('package.json', 'utf8')}`, false)).toMatchObject({ name: 'mcp-calc' });
});

it('every JSON text reads the same with comments around it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, undefined, 1);
      expect(parseJsonText(`// first\n${text} /* last */`, true)).toEqual(JSON.parse(text));
    }),
    { numRuns: 100 },
  );
});
