import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli/errors.js';

/** A server as a configuration file describes it. */
export type ConfiguredServer =
  | { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'stdio'; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly cwd?: string };

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The files in which the usual hosts keep their servers; those of the project come first. */
export function hostFiles(env: NodeJS.ProcessEnv, home = homedir()): string[] {
  const appData = env.APPDATA ?? join(home, 'AppData', 'Roaming');
  const claude = { win32: join(appData, 'Claude'), darwin: join(home, 'Library', 'Application Support', 'Claude') }[process.platform as string];
  const code = { win32: join(appData, 'Code', 'User'), darwin: join(home, 'Library', 'Application Support', 'Code', 'User') }[process.platform as string];
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  return [
    '.mcp.json',
    'mcp.json',
    join('.cursor', 'mcp.json'),
    join('.vscode', 'mcp.json'),
    join(home, '.cursor', 'mcp.json'),
    join(home, '.claude.json'),
    join(claude ?? join(config, 'Claude'), 'claude_desktop_config.json'),
    join(code ?? join(config, 'Code', 'User'), 'mcp.json'),
  ];
}

/** Finds a server by its name in `file`, or in the files of the usual hosts. A file with a single server needs no name. */
export function findServer(name: string | undefined, file: string | undefined, env: NodeJS.ProcessEnv): ConfiguredServer {
  if (file !== undefined) return pick(entriesOf(file, read(file)), name, file, env);
  const known: string[] = [];
  for (const path of hostFiles(env)) {
    const text = readIfThere(path);
    if (text === undefined) continue;
    const entries = entriesOf(path, text);
    if (name !== undefined && Object.hasOwn(entries, name)) return pick(entries, name, path, env);
    known.push(...Object.keys(entries));
  }
  const hint = known.length === 0 ? 'No host is configured on this machine. Name a file with --config.' : `There are: ${[...new Set(known)].join(', ')}.`;
  throw new CliError(`No configuration file knows a server "${name}"`, { hint });
}

function pick(entries: Entries, name: string | undefined, file: string, variables: NodeJS.ProcessEnv): ConfiguredServer {
  const names = Object.keys(entries);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  const entry = chosen !== undefined && Object.hasOwn(entries, chosen) ? entries[chosen] : undefined;
  if (entry === undefined) {
    const message = name === undefined ? `${file} has ${names.length} servers: say which with --server` : `${file} knows no server "${name}"`;
    throw new CliError(message, { hint: names.length === 0 ? 'It has none.' : `There are: ${names.join(', ')}.` });
  }
  const { url, command, args = [], env = {}, headers = {}, cwd } = expand(entry, variables) as Record<string, unknown>;
  if (typeof url === 'string') return { kind: 'http', url, headers: stringsOf(headers) };
  if (typeof command !== 'string') throw new CliError(`${file}: the server "${chosen}" has neither a command nor a url`);
  return { kind: 'stdio', command, args: Array.isArray(args) ? args.map(String) : [], env: stringsOf(env), ...(typeof cwd === 'string' && { cwd }) };
}

/** `mcpServers` is the key of Claude and Cursor, `servers` that of VS Code. */
function entriesOf(file: string, text: string): Entries {
  let config: { mcpServers?: Entries; servers?: Entries };
  try {
    config = JSON.parse(text) as typeof config;
  } catch (cause) {
    throw new CliError(`${file} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  return config.mcpServers ?? config.servers ?? {};
}

/** `${NAME}` and `${NAME:-otherwise}` stand for a variable, as in Claude Code and VS Code (`${env:NAME}`). */
function expand(value: unknown, env: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string') return value.replace(/\$\{(?:env:)?(\w+)(?::-([^}]*))?\}/g, (_all, name: string, otherwise = '') => env[name] ?? String(otherwise));
  if (Array.isArray(value)) return value.map((item) => expand(item, env));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, env)]));
  return value;
}

function stringsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries((value ?? {}) as Record<string, unknown>).map(([key, item]) => [key, String(item)]));
}

function read(file: string): string {
  const text = readIfThere(file);
  if (text === undefined) throw new CliError(`There is no file ${file}`);
  return text;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(`${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
}
