import { basename } from 'node:path';

/** A server that is started by its command, as whoever serves it asks for it. */
export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What children may take. */
export interface ChildLimits {
  /** Processes of this node at once. */
  readonly maxChildren: number;
  /** How long one may take until it answers the greeting, ms. */
  readonly childStartMs: number;
  /** One that nobody has used for this long is ended, ms; 0: it lives as long as its session. */
  readonly childIdleMs: number;
  /** Bytes that a child and what it has started may hold; 0 for no limit. */
  readonly childMemory: number;
}

/** What every process gets of ours: the same that the MCP SDK hands on, and nothing that could be a secret. */
const INHERITED =
  process.platform === 'win32'
    ? [
        ...['APPDATA', 'HOMEDRIVE', 'HOMEPATH', 'LOCALAPPDATA', 'PATH', 'PATHEXT', 'PROCESSOR_ARCHITECTURE'],
        ...['PROGRAMFILES', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'USERNAME', 'USERPROFILE'],
      ]
    : ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];

/** The environment of a child: what all get, and what `names` hand on (`NAME`) or set (`NAME=value`). */
export function environmentOf(
  names: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of [...INHERITED, ...names]) {
    const at = name.indexOf('=');
    const value = at === -1 ? own[name] : name.slice(at + 1);
    // A function of a shell, which may run what nobody asked for.
    if (value !== undefined && !value.startsWith('()')) env[at === -1 ? name : name.slice(0, at)] = value;
  }
  return env;
}

/** How a command is called in logs and messages. What starts programs of others is named with what it starts. */
export function nameOf({ command, args }: Pick<ChildCommand, 'command' | 'args'>): string {
  const started = /^(?:npx|bunx|uvx|node|python3?|deno|bun|pipx)$/.test(basename(command, '.exe'))
    ? args.find((arg) => !arg.startsWith('-') && arg !== 'run')
    : undefined;
  const path = (started ?? command).replace(/\\/g, '/').split('/');
  // What many programs are called says little.
  const isCommon = /^(?:index|main|server|cli|app|run|__main__)(?:\.\w+)?$/.test(path.at(-1) ?? '');
  return path.slice(isCommon ? -3 : -1).join('/');
}
