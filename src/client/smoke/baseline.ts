import { oneLine } from '../../text/harmless.js';

/** The names of checks in a baseline: one a line, as the report has them; empty lines and those that begin with `#` are left out. */
export function readBaseline(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => oneLine(line))
    .filter((line) => line !== '' && !line.startsWith('#'));
}
