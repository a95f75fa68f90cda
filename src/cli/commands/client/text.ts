import { stripVTControlCharacters } from 'node:util';

/** A server's text on one line: no control characters that could move the cursor, no line ends. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

/** A server's text as it is, but without control characters beyond line ends and tabs. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, '');
}
