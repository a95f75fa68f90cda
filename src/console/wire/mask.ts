import type { IncomingHttpHeaders } from 'node:http';
import { manyLines, oneLine } from '../../text/harmless.js';
import { redactHeaders, redactNamed, redactText, shortSession } from '../../text/secrets.js';

/** Characters of a body that are read as JSON; of a longer one its beginning is shown. */
const READ_CHARACTERS = 512_000;
/** Characters of a body that are shown, and of one text within it. */
export const SHOWN_CHARACTERS = 32_000;
const TEXT_CHARACTERS = 2_000;
const MAX_DEPTH = 40;

/** Named like a secret, and none: the protocol's own. */
const OPEN_NAMES: ReadonlySet<string> = new Set(['progressToken']);
/** Whoever has one of these may use what it names, where nobody signs in. */
const HANDLES: ReadonlySet<string> = new Set(['taskId', 'historyId', 'requestState']);

/** The headers of a request or an answer, without secrets; one of the modern era names a task as its body does. */
export function maskHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const shown = redactHeaders(headers);
  const name = shown['mcp-name'];
  if (name !== undefined && shown['mcp-method']?.startsWith('tasks/')) shown['mcp-name'] = shortSession(name);
  return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, oneLine(value)]));
}

/** A body as it may be shown: without secrets, as far as their names or their form tell, and shortened. */
export function maskBody(text: string): string {
  if (text.length > READ_CHARACTERS) return cut(maskedBeginning(text));
  try {
    return cut(JSON.stringify(masked('', JSON.parse(text), 0)));
  } catch {
    return cut(maskedBeginning(text));
  }
}

/** A text in JSON with its name, to its end or to that of what there is. */
const NAMED_TEXT = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)"((?:[^"\\]|\\.)*)(?:"|$)/gs;

/** What can't be read as JSON, and may be the beginning of some: its form alone would tell the first word of a secret. */
function maskedBeginning(text: string): string {
  const named = (_all: string, name: string, between: string, value: string) =>
    `"${name}"${between}"${maskedText(name, value)}"`;
  return redactText(text.slice(0, SHOWN_CHARACTERS).replace(NAMED_TEXT, named));
}

function masked(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskedText(name, value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (Array.isArray(value)) return value.map((item) => masked(name, item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(key, item, depth + 1)]));
}

function maskedText(name: string, value: string): string {
  const short =
    value.length > TEXT_CHARACTERS ? `${value.slice(0, TEXT_CHARACTERS)}… (${value.length} characters)` : value;
  if (HANDLES.has(name)) return shortSession(short);
  return OPEN_NAMES.has(name) ? short : redactNamed(name, short);
}

function cut(text: string): string {
  const harmless = manyLines(text);
  if (harmless.length <= SHOWN_CHARACTERS) return harmless;
  return `${harmless.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}
