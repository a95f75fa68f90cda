import { isObject } from '../rpc/messages.js';
import type { ServersKey } from './define.js';

/** One server as a host's file has it. */
export interface ServerEntry {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The project's folder, for an entry that belongs to one. */
  readonly project: string | undefined;
}

/** Something in the file that should be an object and is not. */
export interface Misshape {
  readonly what: 'file' | 'servers' | 'server';
  /** As a sentence without a stop. */
  readonly message: string;
}

export const SERVERS_KEYS: readonly ServersKey[] = ['mcpServers', 'servers', 'context_servers', 'mcp_servers'];

/** Servers of one file that are looked at. */
const MAX_SERVERS = 300;

/** The servers in a host's file: at its top, and (Claude Code) under each of its projects. */
export function serversIn(
  value: unknown,
  keys: readonly ServersKey[],
): { entries: ServerEntry[]; misshapes: Misshape[] } {
  if (!isObject(value)) return { entries: [], misshapes: [{ what: 'file', message: 'it is not a JSON object' }] };
  const entries: ServerEntry[] = [];
  const misshapes: Misshape[] = [];
  const places: [place: unknown, project: string | undefined][] = [[value, undefined]];
  if (isObject(value.projects))
    places.push(...Object.entries(value.projects).map(([folder, project]): [unknown, string] => [project, folder]));
  for (const [place, project] of places) {
    for (const key of keys) {
      const servers = isObject(place) ? place[key] : undefined;
      if (servers === undefined) continue;
      if (!isObject(servers)) {
        misshapes.push({ what: 'servers', message: `"${key}" is not an object` });
        continue;
      }
      for (const [name, fields] of Object.entries(servers).slice(0, MAX_SERVERS - entries.length)) {
        if (isObject(fields)) entries.push({ name, fields: inCommonWords(fields), project });
        else misshapes.push({ what: 'server', message: `${JSON.stringify(name)} is not an object` });
      }
    }
  }
  return { entries, misshapes };
}

/** What one host alone calls otherwise, in the words of the others: an address, and headers with a token out of a variable. */
function inCommonWords(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { url, httpUrl, serverUrl, headers, http_headers: httpHeaders, bearer_token_env_var: variable } = fields;
  const address = url ?? httpUrl ?? serverUrl;
  const token =
    typeof variable === 'string' && /^\w+$/.test(variable) ? { Authorization: `Bearer \${${variable}}` } : {};
  const all = { ...(isObject(headers) && headers), ...(isObject(httpHeaders) && httpHeaders), ...token };
  return {
    ...fields,
    ...(address !== undefined && { url: address }),
    ...(Object.keys(all).length > 0 && { headers: all }),
  };
}
