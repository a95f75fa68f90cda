import { readFile, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { systemOf } from './define.js';
import type { Host } from './define.js';
import { hosts } from './index.js';
import { parseJsonText } from './json-text.js';
import { parseToml } from './toml-text.js';

/** What of this machine says where files are. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
}

/** A place where a host looks for its servers. */
export interface HostFile {
  readonly host: Host;
  readonly path: string;
  /** Whether it belongs to the project in the working folder, not to the person. */
  readonly ofProject: boolean;
}

/** Larger files are left alone, bytes. Claude Code keeps more than servers in its own. */
const MAX_BYTES = 50_000_000;

/** Where the hosts look for their servers on this machine, each place once, whether there is a file or not. */
export function hostFiles(machine: Machine): HostFile[] {
  const files = new Map<string, HostFile>();
  for (const host of hosts) {
    for (const written of host.paths(systemOf(machine.platform))) {
      const path = locate(written, machine);
      if (path !== undefined && !files.has(path)) files.set(path, { host, path, ofProject: !/^[~%]/.test(written) });
    }
  }
  return [...files.values()];
}

/** The whole path of a file as a host's manual writes it; undefined where it needs a variable that isn't set. */
export function locate(written: string, { home, cwd, env, platform }: Machine): string | undefined {
  const path = pathsOf(platform);
  const inConfig = /^~\/\.config\/(.*)$/.exec(written)?.[1];
  if (inConfig !== undefined && env.XDG_CONFIG_HOME) return path.join(env.XDG_CONFIG_HOME, inConfig);
  if (written.startsWith('~/')) return path.join(home, written.slice(2));
  const variable = /^%(\w+)%[\\/](.*)$/.exec(written);
  if (variable === null) return path.resolve(cwd, written);
  const [, name = '', rest = ''] = variable;
  const usual: Record<string, string> = { USERPROFILE: home, APPDATA: path.join(home, 'AppData', 'Roaming') };
  const folder = env[name] ?? usual[name];
  return folder === undefined ? undefined : path.join(folder, rest);
}

/** A path as people write it: `~` for the home folder, relative inside the working folder. */
export function shownPath(file: string, { home, cwd, platform }: Omit<Machine, 'env'>): string {
  const { sep } = pathsOf(platform);
  if (cwd !== home && file.startsWith(cwd + sep)) return file.slice(cwd.length + 1);
  return file.startsWith(home + sep) ? `~${file.slice(home.length)}` : file;
}

/**
 * What a host's file holds, with the bits of its mode; undefined where there is none. An empty one is an empty object.
 * Throws a {@link JsonTextError}, or the error of the file system.
 */
export async function readHostFile(
  path: string,
  comments: boolean,
): Promise<{ value: unknown; mode: number } | undefined> {
  try {
    const { size, mode } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1_000_000} MB`);
    const text = await readFile(path, 'utf8');
    if (text.trim() === '') return { value: {}, mode };
    return { value: path.endsWith('.toml') ? await parseToml(text) : parseJsonText(text, comments), mode };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The rules of paths on a system, which need not be this one. */
export function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}
