import { duration } from '../config/quantities.js';
import { CliError } from './errors.js';

/** The header that a `--header` names, its name in lower case. */
export function headerOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*([^\r\n]*)$/.exec(text.trim()) ?? [];
  // The value may be a secret: it is not repeated.
  if (name === undefined || value === undefined)
    throw new CliError('--header: a header must look like this: "X-Key: value"');
  return [name.toLowerCase(), value];
}

/** Milliseconds that a `--timeout`, or another flag, allows: seconds (`30`), or a time (`500ms`, `2m`), at most `longest` seconds. */
export function timeoutOf(text: string, longest: number, flag = '--timeout'): number {
  const ms = duration('s', 1, longest * 1_000).parse(text);
  if (ms !== undefined) return ms;
  throw new CliError(
    `${flag}: "${text}" is wrong: it must be seconds, or a time such as 500ms or 2m, more than 0 and at most ${longest} s`,
  );
}
