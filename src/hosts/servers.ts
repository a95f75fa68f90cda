import { failure, warning } from '../doctor/check.js';
import type { Finding } from '../doctor/check.js';
import type { HostFiles } from '../doctor/context.js';

/** One server as a host's file has it. */
export interface ServerEntry {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The project's folder, for an entry that belongs to one. */
  readonly project: string | undefined;
}

export interface ServersFound {
  readonly entries: readonly ServerEntry[];
  readonly faults: readonly Finding[];
}

/** Servers of one file that are looked at. */
const MAX_SERVERS = 300;
const KEYS = ['mcpServers', 'servers'];

/** The servers in a host's file: at its top, and (Claude Code) under each of its projects. */
export function serversIn(value: unknown, { key, title }: HostFiles): ServersFound {
  if (!isObject(value)) return { entries: [], faults: [failure('it is no JSON object', `It must look like this: { "${key}": { … } }`)] };
  const faults: Finding[] = [];
  const entries: ServerEntry[] = [];
  const places: [place: unknown, project: string | undefined][] = [[value, undefined]];
  if (isObject(value.projects)) places.push(...Object.entries(value.projects).map(([folder, project]): [unknown, string] => [project, folder]));
  for (const [place, project] of places) {
    if (!isObject(place) || place[key] === undefined) continue;
    if (!isObject(place[key])) {
      faults.push(failure(`"${key}" is no object`, `It must look like this: { "${key}": { "name": { "command": "…" } } }`));
      continue;
    }
    for (const [name, fields] of Object.entries(place[key]).slice(0, MAX_SERVERS - entries.length)) {
      if (isObject(fields)) entries.push({ name, fields, project });
      else faults.push(failure(`"${name}" is no object`, 'It must look like this: { "command": "npx", "args": […] }'));
    }
  }
  const wrongKey = KEYS.find((other) => other !== key && value[key] === undefined && isObject(value[other]));
  if (wrongKey !== undefined) faults.push(warning(`it holds "${wrongKey}", which ${title} does not read`, `Call it "${key}".`));
  return { entries, faults };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
