import { posix, win32 } from 'node:path';
import type { DoctorContext } from '../doctor/context.js';

/** The whole path of a file as a host's manual writes it; undefined where it needs a variable that isn't set. */
export function locate(written: string, { home, cwd, env, platform }: Pick<DoctorContext, 'home' | 'cwd' | 'env' | 'platform'>): string | undefined {
  const path = platform === 'win32' ? win32 : posix;
  if (written.startsWith('~/')) return path.join(home, written.slice(2));
  const variable = /^%(\w+)%[\\/](.*)$/.exec(written);
  if (variable === null) return path.resolve(cwd, written);
  const [, name = '', rest = ''] = variable;
  const folder = env[name] ?? (name === 'USERPROFILE' ? home : undefined);
  return folder === undefined ? undefined : path.join(folder, rest);
}

/** A path as people write it: `~` for the home folder, relative inside the working folder. */
export function shownPath(file: string, { home, cwd }: Pick<DoctorContext, 'home' | 'cwd'>): string {
  if (cwd !== home && file.startsWith(`${cwd}/`)) return file.slice(cwd.length + 1);
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
