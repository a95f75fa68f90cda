import { CliError } from '../../errors.js';

/** `key=value` words as strings: the arguments of prompts and the variables of templates have no other type. */
export function stringPairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new CliError(`"${word}" is no argument`, { hint: 'Write arguments as key=value.' });
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
