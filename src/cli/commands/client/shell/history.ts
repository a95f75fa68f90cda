import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { redactText } from '../../../../text/secrets.js';

/** Lines that are kept, and bytes of the file beyond which the older half of them is dropped. */
const LINES = 1_000;
const BYTES = 262_144;
/** Characters of a line that is kept. */
const LONGEST_LINE = 4_000;

/** Flags whose value is a secret, or may be. */
const SECRET_FLAG = /(?:^|\s)--(?:token|client-secret|header)\b/;

/** The lines that were typed in earlier shells, and in this one. */
export interface History {
  /** The newest first. */
  readonly lines: readonly string[];
  /** Keeps a line, unless something in it looks like a secret. */
  add(line: string): void;
}

/** The file of the history, in the user's folder for what programs remember (XDG Base Directory, "state"). */
export function historyFile(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const folder =
    process.platform === 'win32'
      ? env.LOCALAPPDATA || join(home, 'AppData', 'Local')
      : env.XDG_STATE_HOME || join(home, '.local', 'state');
  return join(folder, 'mcp-calc', 'shell-history');
}

/** A history in a file that only its owner may read. Where it can't be kept, the shell goes on without. */
export function fileHistory(path: string): History {
  const quietly = (act: () => void): void => {
    try {
      act();
    } catch {
      // A home that can't be written to, or a full disk.
    }
  };
  let lines: string[] = [];
  quietly(() => {
    const all = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    const kept = all.slice(-LINES);
    lines = [...kept].reverse();
    chmodSync(path, 0o600);
    if (all.length > LINES || statSync(path).size > BYTES)
      writeFileSync(
        path,
        kept
          .slice(-LINES / 2)
          .map((line) => `${line}\n`)
          .join(''),
        { mode: 0o600 },
      );
  });
  return {
    lines,
    add: (line) => {
      if (!isOpen(line)) return;
      quietly(() => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        appendFileSync(path, `${line}\n`, { mode: 0o600 });
      });
    },
  };
}

/** Whether a line holds nothing that should not be read in a file. */
export function isOpen(line: string): boolean {
  return line.trim() !== '' && line.length <= LONGEST_LINE && !SECRET_FLAG.test(line) && redactText(line) === line;
}
