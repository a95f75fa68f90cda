import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { firstLine } from './errors.js';
import { OWN_FOLDER } from './own-folder.js';
import { isOfAuthor } from './watch/author-files.js';

/** How long Node may take to look for the line of a syntax error, ms, and in how many files. */
const CHECK_LIMIT_MS = 5_000;
const CHECKED_FILES = 5;

/** How esbuild says, as with tsx, where it has stopped: in a line of its message. */
const BY_ESBUILD = ': ERROR: ';

/** What an error says, on one line. */
export function saidBy(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return firstLine(message.includes(BY_ESBUILD) ? message.split(BY_ESBUILD, 2)[1] : error);
}

/**
 * The file and line that an error names, in brackets and relative to the working directory: of the first frame that is of neither Node
 * nor a package nor this program. Empty where there is none. `files` are those in which a syntax error may be.
 */
export function placeOf(error: unknown, cwd: string, files: readonly string[] = []): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = inLines(stack, cwd) ?? (error instanceof SyntaxError ? placeOfSyntaxError(files, cwd) : undefined);
  return place === undefined ? '' : ` (${place})`;
}

function inLines(text: string, cwd: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, path, number] =
      /(?:^|\(|at )((?:file:\/\/)?\/[^\n()]{1,1000}?):(\d{1,9})(?::\d{1,9})?(?:\)?$|: ERROR: )/.exec(line) ?? [];
    if (path === undefined) continue;
    const url = path.startsWith('file:') ? path : pathToFileURL(path).href;
    if (isOfAuthor(url, OWN_FOLDER)) return `${relative(cwd, fileURLToPath(url))}:${number}`;
  }
  return undefined;
}

/** Node says where a module's syntax is wrong only when it is asked by itself. */
function placeOfSyntaxError(files: readonly string[], cwd: string): string | undefined {
  for (const file of files.slice(0, CHECKED_FILES)) {
    const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: CHECK_LIMIT_MS });
    const place = inLines(stderr ?? '', cwd);
    if (place !== undefined) return place;
  }
  return undefined;
}
