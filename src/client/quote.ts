import { stripVTControlCharacters } from 'node:util';
import { QUOTED_TEXT } from './limits.js';

/** Somebody else's text, fit for one line of a terminal: no control characters, no line ends, cut to a bound. */
export function quote(text: string, length = QUOTED_TEXT): string {
  const line = stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ').replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
