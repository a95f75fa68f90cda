import { quote, split } from 'shlex';
import { CliError } from '../../../errors.js';

/** The words of a line, quoted as for a shell. Throws a CliError where a quote is left open. */
export function wordsOf(line: string): string[] {
  try {
    return split(line);
  } catch {
    throw new CliError('A quote is left open, or the line ends with a backslash');
  }
}

/** A line that is still typed: its words, the last of them the one at the cursor. */
export interface TypedLine {
  readonly words: readonly string[];
  /** Empty after a blank. */
  readonly word: string;
  /** The quote that the cursor stands in. */
  readonly quote: '' | '"' | "'";
}

/** A character that nobody types: it shows where the cursor is. */
const CURSOR = '\0';

/** Undefined after a backslash, where no word can be completed. */
export function typedLine(beforeCursor: string): TypedLine | undefined {
  for (const open of ['', '"', "'"] as const) {
    try {
      const words = split(`${beforeCursor}${CURSOR}${open}`);
      const word = words.pop();
      if (word?.endsWith(CURSOR)) return { words, word: word.slice(0, -1), quote: open };
    } catch {
      // Another quote is open.
    }
  }
  return undefined;
}

/** What is to be typed after `typed` for the line to have the word `whole`. */
export function restOf(whole: string, { word, quote: open }: TypedLine): string {
  const rest = whole.slice(word.length);
  if (open === "'") return rest.replaceAll("'", `'\\''`);
  if (open === '"') return rest.replace(/["\\]/g, '\\$&');
  return quote(rest) === rest ? rest : rest.replace(/[\s"'\\]/g, '\\$&');
}
