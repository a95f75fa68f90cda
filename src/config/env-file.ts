import { readFileSync, statSync } from 'node:fs';
import * as util from 'node:util';
import { oneLine } from '../text/harmless.js';
import { ConfigError } from './errors.js';

/** Bytes of a file of variables. */
const LONGEST = 1_000_000;
const NAME_CHARACTERS = 60;

/**
 * The variables of a `.env` file, by Node's own reading of one. Node passes over what it can't read: here that is a
 * {@link ConfigError} with the number of the line, since a setting that is lost may open a server.
 */
export function readEnvFile(path: string): Readonly<Record<string, string>> {
  const shown = oneLine(path, NAME_CHARACTERS);
  if (typeof util.parseEnv !== 'function') throw new ConfigError(['--env-file needs Node 20.12 or newer']);
  const fault = (why: string) => new ConfigError([`--env-file ${shown}: ${why}`]);
  let text: string;
  try {
    const file = statSync(path);
    // A pipe can be read once, and Node 20 reads this flag before us: nothing would be left of it.
    if (!file.isFile()) throw fault('it is not a regular file');
    if (file.size > LONGEST) throw fault(`it is longer than ${LONGEST} bytes`);
    text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it can't be read (${code})`;
    throw fault(why);
  }
  const faults = faultsIn(text).map(([line, fault]) => `--env-file ${shown}, line ${line}: ${fault}`);
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...(util.parseEnv(text) as Record<string, string>) };
}

const ENTRY = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/;

/** What no variable can be read from; the values, which may be secrets, are not repeated. */
function faultsIn(text: string): [line: number, fault: string][] {
  const faults: [number, string][] = [];
  let open: { quote: string; since: number } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (open) {
      if (line.includes(open.quote)) open = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const value = ENTRY.exec(line)?.[1];
    if (value === undefined) faults.push([index + 1, 'it must be NAME=value, a comment after #, or empty']);
    const quote = value?.[0];
    if (value && quote && ['"', "'", '`'].includes(quote) && !value.includes(quote, 1))
      open = { quote, since: index + 1 };
  }
  if (open) faults.push([open.since, `the value begins with ${open.quote} and never ends`]);
  return faults;
}
