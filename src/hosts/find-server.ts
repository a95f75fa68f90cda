import { hostFiles, pathsOf, readHostFile, shownPath } from './files.js';
import type { HostFile, Machine } from './files.js';
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
  /** Where it came from, for one that a file of the project names: whoever wrote that may be a stranger. */
  readonly fromProject?: ProjectEntry;
}

/** What a person should know of a server before it is used that a file of the project names. */
export interface ProjectEntry {
  readonly file: string;
  /** The person's own file that has another server of the same name. */
  readonly shadows?: string;
  /** Its address, or its command with the arguments, as the file has them: what variables hold is nobody's to see. */
  readonly written: string;
  /** The variables whose values stand in its address or headers. */
  readonly variables: readonly string[];
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
  const project = await search(
    name,
    files.filter(({ ofProject }) => ofProject),
    machine,
  );
  const own = await search(
    name,
    files.filter(({ ofProject }) => !ofProject),
    machine,
  );
  if (project.found) {
    const { entry, file } = project.found;
    const fromProject = {
      file,
      shadows: own.found?.file,
      written: writtenOf(entry),
      variables: variablesOf(entry, machine),
    };
    return { server: configured(entry, file, machine), notes: project.notes, fromProject };
  }
  const notes = [...project.notes, ...own.notes];
  if (own.found) return { server: configured(own.found.entry, own.found.file, machine), notes };
  const known = [...project.known, ...own.known];
  const hint =
    known.length === 0 ? 'No host is configured on this machine. Name a file with --config.' : thereAre(known);
  throw new ServerLookupError([`No configuration file knows a server "${name}"`, ...notes].join('\n'), { hint });
}

interface Search {
  readonly found?: { readonly entry: ServerEntry; readonly file: string };
  /** The names that were met before it. */
  readonly known: readonly string[];
  readonly notes: readonly string[];
}

/** Looks through files until one has the server; one that can't be read is a note. */
async function search(name: string, files: readonly HostFile[], machine: Machine): Promise<Search> {
  const known: string[] = [];
  const notes: string[] = [];
  for (const { path } of files) {
    const file = shownPath(path, machine);
    const read = await readServers(path, file, machine).catch((error: ServerLookupError) => ({
      entries: [],
      notes: [error.message],
    }));
    if (read === undefined) continue;
    notes.push(...read.notes);
    const entry = read.entries.find((each) => each.name === name);
    if (entry !== undefined) return { found: { entry, file }, known, notes };
    known.push(...read.entries.map((each) => each.name));
  }
  return { known, notes };
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

/** The names of all servers that the files of the hosts have, or one file; what can't be read is left out. */
export async function serverNames(machine: Machine, file?: string): Promise<string[]> {
  const { resolve } = pathsOf(machine.platform);
  const paths = file === undefined ? hostFiles(machine).map(({ path }) => path) : [resolve(machine.cwd, file)];
  const read = await Promise.all(paths.map((path) => readServers(path, path, machine).catch(() => undefined)));
  return [...new Set(read.flatMap((each) => each?.entries.map(({ name }) => name) ?? []))];
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

function writtenOf({ fields: { url, command, args } }: ServerEntry): string {
  return (typeof url === 'string' ? [url] : [command, ...(Array.isArray(args) ? args : [])]).map(String).join(' ');
}

/** The variables whose values an entry would send: those that are set here, and stand in its address or headers. */
function variablesOf({ fields: { url, headers } }: ServerEntry, { env }: Machine): string[] {
  const named = [...JSON.stringify([url, headers]).matchAll(VARIABLE)].map(([, name = '']) => name);
  return [...new Set(named)].filter((name) => env[name] !== undefined);
}

/** `${NAME}` and `${NAME:-otherwise}` stand for a variable, as in Claude Code and VS Code (`${env:NAME}`). */
const VARIABLE = /\$\{(?:env:)?(\w+)(?::-([^}]*))?\}/g;

function expand(value: unknown, env: Machine['env']): unknown {
  if (typeof value === 'string')
    return value.replace(VARIABLE, (_all, name: string, otherwise = '') => env[name] ?? String(otherwise));
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
