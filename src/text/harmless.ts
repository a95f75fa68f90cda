import { redactText } from './secrets.js';

/** Characters of somebody else's text that a message quotes. */
const QUOTED_CHARACTERS = 160;

/**
 * What most names and methods are: without a space there is nothing to do about it, with spaces, or the mark of what was cut, nothing in
 * a text of several lines.
 */
const PLAIN_WORD = /^[\x21-\x7e]*$/;
const PLAIN = /^[\x20-\x7e…]*$/;

/** What may not stay in a text of several lines. Most texts have none of it, and no sequence is without. */
const HARMFUL = /[^\P{Cc}\n\t]|[\p{Bidi_C}\u2028\u2029]/u;

/**
 * Somebody else's text, fit for one line of a terminal or a log: no control characters, no escape sequences, no line ends,
 * no marks that turn the direction of what follows. Cut at `longest` characters.
 */
export function oneLine(text: string, longest = Infinity): string {
  if (text.length <= longest && PLAIN_WORD.test(text)) return text;
  const line = withoutMarks(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** The same for a text of several lines: `\n` and tabs stay. */
export function manyLines(text: string): string {
  if (PLAIN.test(text) || !HARMFUL.test(text)) return text;
  return withoutMarks(text)
    .replace(/\r\n/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u2028\u2029]/gu, ' ');
}

/** Somebody else's text within a message of ours: on one line, cut to a bound, without the secrets that can be told by their form. */
export function quote(text: string, longest = QUOTED_CHARACTERS): string {
  return oneLine(redactText(oneLine(text)), longest);
}

/** A value as JSON in which `\u` escapes stand for what could do harm in a terminal; `indent` as `JSON.stringify` has it. */
export function printableJson(value: unknown, indent?: number): string {
  return escaped(JSON.stringify(value, undefined, indent) ?? 'null');
}

/** Characters of a long text that are worked on at a time: all of it would be held once more by each step. */
const SLICE = 64_000;

/** A long text of several lines, made fit slice by slice; one escape sequence between two of them leaves its letters behind. */
export function* manyLinesBySlice(text: string): Generator<string> {
  for (const slice of slices(text)) yield manyLines(slice);
}

/** {@link printableJson} in parts, without ever holding a long string of the value once more. */
export function* printableJsonBySlice(value: unknown, indent?: number): Generator<string> {
  const long: string[] = [];
  const mark = crypto.randomUUID();
  const json = JSON.stringify(
    value,
    (_key, part: unknown) => (typeof part === 'string' && part.length > SLICE ? (long.push(part), mark) : part),
    indent,
  );
  for (const [at, between] of (json ?? 'null').split(mark).entries()) {
    if (at > 0) for (const slice of slices(long[at - 1] ?? '')) yield escaped(JSON.stringify(slice).slice(1, -1));
    for (const slice of slices(between)) yield escaped(slice);
  }
}

function escaped(json: string): string {
  return json.replace(
    /[\x7f-\x9f\p{Bidi_C}\u2028\u2029]/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Cuts no character in two. */
function* slices(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const isWhole = (text.codePointAt(from + SLICE - 1) ?? 0) <= 0xffff;
    const to = from + SLICE + (isWhole ? 0 : 1);
    yield text.slice(from, to);
    from = to;
  }
}

/**
 * Escape sequences (ECMA-48): CSI with its parameters, and OSC with its text. Each stops where the next may begin, so that
 * the time grows with the text alone: `stripVTControlCharacters` of Node 24 takes its square.
 */
const SEQUENCES =
  // biome-ignore format: one kind a line
  // eslint-disable-next-line no-control-regex -- they are what it is for
  /(?:\x1b\[[0-?]*|\x9b[0-?]+)[ -/]*[@-HJKSTc-hlmnrsu]|(?:\x1b\]|\x9d)[^\x07\x1b\x9b-\x9d]*(?:\x07|\x1b\\|\x9c)/g;

/**
 * Whole escape sequences go, for the looks of what is left. What makes a sequence dangerous is a control character, and those
 * are replaced by whoever calls this, so that nothing can form anew from what stood on both sides.
 */
function withoutMarks(text: string): string {
  return text.replace(SEQUENCES, '').replace(/\p{Bidi_C}/gu, '');
}
