import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  manyLines,
  manyLinesBySlice,
  oneLine,
  printableJson,
  printableJsonBySlice,
  quote,
} from '../../src/text/harmless.js';

/** C0, DEL, C1, line and paragraph separator, and every mark of direction, written out: not by the classes that the code uses. */
const HARMFUL = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, at) => 0x7f + at),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029],
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
].map((code) => String.fromCharCode(code));

/** Texts that are rich in what terminals act on, and in pieces that could form a sequence when something between them goes. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...HARMFUL,
        '\u001b',
        '\u009b',
        '[',
        ']',
        '2J',
        '0;',
        '31m',
        'é',
        '💥',
        ' ',
        '\u001b[31m',
        '\u001b]0;title\u0007',
        '\u009b2J',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

const harmfulIn = (text: string, except: readonly string[] = []): string[] =>
  HARMFUL.filter((character) => !except.includes(character) && text.includes(character));

describe('a text on one line', () => {
  it('lets nothing through that a terminal acts on, whatever it is made of', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(harmfulIn(oneLine(text))).toEqual([])),
      { numRuns: 500 },
    );
  });

  it('is left alone when it is cleaned again: nothing has formed anew', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(oneLine(oneLine(text))).toBe(oneLine(text))),
      { numRuns: 500 },
    );
    expect(oneLine('a\u001b\u001b[31m[2Jb')).toBe('a [2Jb');
    expect(oneLine('a\u001b\u200e[2Jb')).toBe('a [2Jb');
  });

  it.each(HARMFUL.map((character) => [character.charCodeAt(0).toString(16).padStart(4, '0'), character]))(
    'is free of U+%s',
    (_code, character) => {
      expect(oneLine(`a${character}b`)).toMatch(/^a ?b$/);
    },
  );

  it('keeps what people write, spaces and line ends made one', () => {
    expect(oneLine(' Größe:\t5\r\n  µm ')).toBe('Größe: 5 µm');
    expect(oneLine('👩‍👩‍👧 שלום')).toBe('👩‍👩‍👧 שלום');
  });

  it('loses whole sequences, not their letters alone', () => {
    expect(oneLine('\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007')).toBe('red link');
  });

  it('is cut at a bound, the sign of it included', () => {
    expect(oneLine('abcdef', 6)).toBe('abcdef');
    expect(oneLine('abcdefg', 6)).toBe('abcde…');
  });
});

describe('a text of several lines', () => {
  it('keeps line ends and tabs, and nothing else that a terminal acts on', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(harmfulIn(manyLines(text), ['\n', '\t'])).toEqual([])),
      { numRuns: 500 },
    );
    expect(manyLines('a\r\n\tb\rc\u2028d')).toBe('a\n\tb c d');
  });

  it('is left alone when it is cleaned again', () => {
    fc.assert(
      fc.property(hostile, (text) => void expect(manyLines(manyLines(text))).toBe(manyLines(text))),
      { numRuns: 500 },
    );
  });
});

describe('a quotation', () => {
  it('is one line of bounded length without a secret in it, even one that a sequence tore apart', () => {
    expect(quote('refused: token=abc\nnext')).toBe('refused: token=[redacted] next');
    expect(quote('tok\u001b[0men=abc')).toBe('token=[redacted]');
    expect(quote('x'.repeat(500))).toHaveLength(160);
  });
});

describe('JSON for a terminal', () => {
  it('is the same JSON, free of what a terminal acts on', () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const json = printableJson({ value, text }, 2);
        expect(harmfulIn(json, ['\n'])).toEqual([]);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });

  it("has a text for what JSON can't hold", () => {
    expect(printableJson(undefined)).toBe('null');
  });
});

it('takes no longer for a text that was made to be slow', () => {
  const start = performance.now();
  for (const part of [
    '\u001b',
    '\u001b[',
    '\u001b];',
    '\u009b;a',
    '\u001b[1;',
    '\u009d',
    '\u200e',
    '\r',
    '\u001b]8;;a',
  ]) {
    const text = part.repeat(50_000);
    oneLine(text);
    manyLines(text);
  }
  expect(performance.now() - start).toBeLessThan(2_000);
});

describe('a text of many slices', () => {
  it.each(['\u{1f600}', 'a\u{1f600}', '"\\\u0085\n', '\ud800', 'é'])('is the same as in one piece: %j', (unit) => {
    const text = unit.repeat(150_000);
    const value = { a: [text, { [unit]: text, b: 'short' }], c: 1 };
    for (const indent of [undefined, 2])
      expect([...printableJsonBySlice(value, indent)].join('') === printableJson(value, indent)).toBe(true);
    expect([...manyLinesBySlice(text)].join('') === manyLines(text)).toBe(true);
    for (const slice of manyLinesBySlice(text)) expect(slice.length).toBeLessThan(100_000);
  });

  it('is harmless where a sequence stands on a border of two', () => {
    const text = Array.from({ length: 70_000 }, (_, at) => (at % 3 === 0 ? '\u001b[31m' : '\u009b')).join('');
    expect(harmfulIn([...manyLinesBySlice(text)].join(''), ['\n', '\t'])).toEqual([]);
  });

  it('may be none, and so may a value', () => {
    expect([...manyLinesBySlice('')].join('')).toBe('');
    expect([...printableJsonBySlice(undefined)].join('')).toBe('null');
  });
});
