import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Something that a process is given as its stderr, and that takes nothing. */
export interface Unwritable {
  readonly fd: number;
  close(): void;
}

/** Blocks in which a pipe is filled: whole pages, then what is left of the last one. */
const BLOCKS = [4_096, 1];

/** Ways in which stderr can't be written, and the error of each. */
export const UNWRITABLE: Record<string, () => Unwritable> = {
  'a pipe that nobody reads any more (EPIPE)': () => pipe(({ closeReader }) => closeReader()),
  'a pipe that is full (EAGAIN)': () =>
    pipe(({ reader }) => {
      for (const bytes of BLOCKS) while (takes(reader, bytes));
    }),
  'a disk that is full (ENOSPC)': () => {
    const fd = openSync('/dev/full', 'w');
    return { fd, close: () => closeSync(fd) };
  },
};

function pipe(spoil: (ends: { reader: number; closeReader: () => void }) => void): Unwritable {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  // Of its own, and not shared with the process that writes: that one's is blocking, as a shell would hand it on.
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const fd = openSync(path, constants.O_WRONLY);
  rmSync(folder, { recursive: true });
  let isRead = true;
  // Once: its number may be another file's by then.
  const closeReader = () => {
    if (isRead) closeSync(reader);
    isRead = false;
  };
  spoil({ reader, closeReader });
  return {
    fd,
    close() {
      closeSync(fd);
      closeReader();
    },
  };
}

function takes(fd: number, bytes: number): boolean {
  try {
    writeSync(fd, Buffer.alloc(bytes));
    return true;
  } catch {
    return false;
  }
}
