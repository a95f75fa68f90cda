/**
 * Numbers that lose digits when JSON is parsed. JavaScript keeps a double of each, and nobody behind the parser can tell
 * 9007199254740993 from 9007199254740992. So the text is looked at, and what was lost is noted in the `_meta` of the request:
 * that goes wherever the request goes, to another node as well.
 */

/** The note's name in `_meta`. */
const LOST_DIGITS = 'mcp-calc/lostDigits';

/** A number that could not be kept. */
export interface LostDigits {
  /** Where it stands in the arguments: `calculations.0.a`. */
  readonly path: string;
  /** As it was written, cut at a bound. */
  readonly digits: string;
}

/** Numbers that one request has noted, and characters of the digits and of the path of each. */
const NOTED = 5;
const NOTED_CHARACTERS = 60;
/** Characters of a number; a longer one counts as lost, whatever it is. */
const NUMBER_CHARACTERS = 1_000;

/** A double keeps 15 digits of any number within its range: texts without what this finds are not looked at any further. */
const SUSPICIOUS = /\d[\d.]{15}|\d[eE][-+]?\d{3}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const PARTS = /^-?(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;

/** Notes in each `tools/call` of a parsed body which numbers of its arguments have lost digits against the text. */
export function noteLostDigits(text: string, body: unknown): void {
  if (!SUSPICIOUS.test(text)) return;
  // Random, so that no string of the body begins with it.
  const mark = crypto.randomUUID();
  const marked = withMarks(text, mark);
  if (marked === undefined) return;
  const copy = JSON.parse(marked) as unknown;
  const pairs =
    Array.isArray(body) && Array.isArray(copy) ? body.map((message, at) => [message, copy[at]]) : [[body, copy]];
  for (const [message, twin] of pairs) note(message, twin, mark);
}

/** What {@link noteLostDigits} has noted of a request, by its params. */
export function lostDigitsIn(params: Readonly<Record<string, unknown>>): LostDigits[] {
  const noted = isRecord(params._meta) ? params._meta[LOST_DIGITS] : undefined;
  return Array.isArray(noted) ? noted.slice(0, NOTED).filter(isLostDigits) : [];
}

/** Whether a double keeps all digits of a decimal in this text: it reads back as the same decimal. */
export function keepsDigits(text: string): boolean {
  return text.length <= NUMBER_CHARACTERS && canonical(text) === canonical(String(Number(text)));
}

function note(message: unknown, twin: unknown, mark: string): void {
  if (!isRecord(message) || message.method !== 'tools/call' || !isRecord(message.params) || !isRecord(twin)) return;
  const { _meta: meta = {} } = message.params;
  const lost: LostDigits[] = [];
  if (isRecord(twin.params)) collect(twin.params.arguments, '', mark, lost);
  if (lost.length > 0 && isRecord(meta)) message.params._meta = { ...meta, [LOST_DIGITS]: lost };
}

function collect(value: unknown, path: string, mark: string, lost: LostDigits[]): void {
  if (lost.length >= NOTED) return;
  if (typeof value === 'string') {
    if (value.startsWith(mark)) lost.push({ path, digits: cut(value.slice(mark.length)) });
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) collect(inner, cut(path ? `${path}.${name}` : name), mark, lost);
  }
}

/** The text with every number that loses digits as a string that begins with the mark; undefined where there is none. */
function withMarks(text: string, mark: string): string | undefined {
  let marked = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      for (at += 1; text.charCodeAt(at) !== QUOTE; at += 1) if (text.charCodeAt(at) === BACKSLASH) at += 1;
    } else if (character === MINUS || (character >= ZERO && character <= NINE)) {
      NUMBER.lastIndex = at;
      const [number = ''] = NUMBER.exec(text) ?? [];
      if (!keepsDigits(number)) {
        marked += `${text.slice(from, at)}"${mark}${number}"`;
        from = at + number.length;
      }
      at += number.length - 1;
    }
  }
  return from === 0 ? undefined : marked + text.slice(from);
}

const [QUOTE, BACKSLASH, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2d, 0x30, 0x39];

/** Digits without zeros around them, and the power of ten of the last one. */
function canonical(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  return start === end
    ? '0'
    : `${digits.slice(start, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

function cut(text: string): string {
  return text.length > NOTED_CHARACTERS ? `${text.slice(0, NOTED_CHARACTERS)}…` : text;
}

function isLostDigits(value: unknown): value is LostDigits {
  return isRecord(value) && typeof value.path === 'string' && typeof value.digits === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
