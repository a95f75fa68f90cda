import { CliError } from './errors.js';

/** The header that a `--header` names, its name in lower case. */
export function headerOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*([^\r\n]*)$/.exec(text.trim()) ?? [];
  // The value may be a secret: it is not repeated.
  if (name === undefined || value === undefined)
    throw new CliError('--header: a header must look like this: "X-Key: value"');
  return [name.toLowerCase(), value];
}

/** Milliseconds that a `--timeout` in seconds allows, at most `longest` seconds. */
export function timeoutOf(text: string, longest: number): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= longest) return Math.ceil(seconds * 1_000);
  throw new CliError(`--timeout: "${text}" is wrong: it must be seconds, more than 0 and at most ${longest}`);
}
