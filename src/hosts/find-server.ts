import { hostFiles, pathsOf, readHostFile, shownPath } from './files.js';
import type { Machine } from './files.js';
import { JsonTextError } from './json-text.js';
import { SERVERS_KEYS, serversIn } from './servers.js';
import type { ServerEntry } from './servers.js';

/** A server as a configuration file describes it, variables filled in. */
export type ConfiguredServer =
  | { readonly kind: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd?: string;
    };

export interface FoundServer {
  readonly server: ConfiguredServer;
  /** What was left out on the way because it could not be read, a sentence each. */
  readonly notes: readonly string[];
}

/** Why a server was not found. A line for each file that could not be read follows the first one. */
export class ServerLookupError extends Error {
  readonly code = 'SERVER_LOOKUP';
  readonly hint: string | undefined;
  constructor(message: string, { hint, cause }: ErrorOptions & { hint?: string } = {}) {
    super(message, { cause });
    this.name = 'ServerLookupError';
    this.hint = hint;
  }
}

/** Finds a server by its name in the files of the hosts: those of the project first. Throws a {@link ServerLookupError}. */
export async function findServer(name: string, machine: Machine): Promise<FoundServer> {
  const files = hostFiles(machine);
  const known: string[] = [];
  const notes: string[] = [];
  for (const { path } of [
    ...files.filter(({ ofProject }) => ofProject),
    ...files.filter(({ ofProject }) => !ofProject),
  ]) {
    const shown = shownPath(path, machine);
    const read = await readServers(path, shown, machine).catch((error: ServerLookupError) => ({
      entries: [],
      notes: [error.message],
    }));
    if (read === undefined) continue;
    notes.push(...read.notes);
    const entry = read.entries.find((each) => each.name === name);
    if (entry !== undefined) return { server: configured(entry, shown, machine), notes };
    known.push(...read.entries.map((each) => each.name));
  }
  const hint =
    known.length === 0 ? 'No host is configured on this machine. Name a file with --config.' : thereAre(known);
  throw new ServerLookupError([`No configuration file knows a server "${name}"`, ...notes].join('\n'), { hint });
}

/** Finds a server in one file. One with a single server needs no name. Throws a {@link ServerLookupError}. */
export async function findServerIn(file: string, name: string | undefined, machine: Machine): Promise<FoundServer> {
  const read = await readServers(pathsOf(machine.platform).resolve(machine.cwd, file), file, machine);
  if (read === undefined) throw new ServerLookupError(`There is no file ${file}`);
  const { entries, notes } = read;
  const entry = name === undefined && entries.length === 1 ? entries[0] : entries.find((each) => each.name === name);
  if (entry !== undefined) return { server: configured(entry, file, machine), notes };
  const message =
    name === undefined
      ? `${file} has ${entries.length} servers: say which with --server`
      : `${file} knows no server "${name}"`;
  throw new ServerLookupError([message, ...notes].join('\n'), {
    hint: entries.length === 0 ? 'It has none.' : thereAre(entries.map((each) => each.name)),
  });
}

/** The servers that a file has for the working folder; undefined where there is no file. Each may hold comments, whatever its host allows. */
async function readServers(
  path: string,
  shown: string,
  { cwd, platform }: Machine,
): Promise<{ entries: ServerEntry[]; notes: string[] } | undefined> {
  try {
    const read = await readHostFile(path, true);
    if (read === undefined) return undefined;
    const { entries, misshapes } = serversIn(read.value, SERVERS_KEYS);
    const isHere = ({ project }: ServerEntry): boolean =>
      project !== undefined && pathsOf(platform).resolve(project) === cwd;
    return {
      entries: [...entries.filter(isHere), ...entries.filter(({ project }) => project === undefined)],
      notes: misshapes.map(({ message }) => `${shown}: ${message}`),
    };
  } catch (cause) {
    const { message } = cause as Error;
    const why =
      cause instanceof JsonTextError
        ? `, line ${cause.line}, column ${cause.column}: ${message}`
        : ` can't be read: ${message}`;
    throw new ServerLookupError(`${shown}${why}`, { cause });
  }
}

function configured({ name, fields }: ServerEntry, file: string, machine: Machine): ConfiguredServer {
  const { url, command, args, env, headers, cwd } = expand(fields, machine.env) as Record<string, unknown>;
  if (typeof url === 'string') return { kind: 'http', url, headers: stringsOf(headers) };
  if (typeof command !== 'string')
    throw new ServerLookupError(`${file}: the server "${name}" has neither a command nor a url`);
  return {
    kind: 'stdio',
    command,
    args: Array.isArray(args) ? args.map(String) : [],
    env: stringsOf(env),
    cwd: typeof cwd === 'string' ? cwd : undefined,
  };
}

/** `${NAME}` and `${NAME:-otherwise}` stand for a variable, as in Claude Code and VS Code (`${env:NAME}`). */
function expand(value: unknown, env: Machine['env']): unknown {
  if (typeof value === 'string')
    return value.replace(
      /\$\{(?:env:)?(\w+)(?::-([^}]*))?\}/g,
      (_all, name: string, otherwise = '') => env[name] ?? String(otherwise),
    );
  if (Array.isArray(value)) return value.map((item) => expand(item, env));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, env)]));
  return value;
}

function stringsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, item]) => [key, String(item)]));
}

function thereAre(names: readonly string[]): string {
  return `There are: ${[...new Set(names)].join(', ')}.`;
}
