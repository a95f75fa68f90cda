import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import type { DoctorContext } from './context.js';

type Where = Pick<DoctorContext, 'env' | 'platform'>;

/** Folders of a PATH that are looked into. */
const MAX_FOLDERS = 500;

/** The file that a command names, by itself or on the PATH; undefined where there is none that may be run. */
export async function findCommand(command: string, { env, platform }: Where, cwd: string): Promise<string | undefined> {
  const windows = platform === 'win32';
  const path = windows ? win32 : posix;
  const isPath = command.includes('/') || (windows && command.includes('\\'));
  const folders = isPath ? [cwd] : (env.PATH ?? env.Path ?? '').split(path.delimiter).slice(0, MAX_FOLDERS);
  const endings = windows ? ['', ...(env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
  for (const folder of folders) {
    if (folder === '') continue;
    for (const ending of endings) {
      const file = (path.isAbsolute(command) ? command : join(folder, command)) + ending;
      if (await isRunnable(file)) return file;
    }
  }
  return undefined;
}

async function isRunnable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
