import { bracketed } from './addresses.js';

/** In a list of names: any. */
export const ANY = '*';

/** A name to compare with; what is undefined need not match. */
export interface AllowedName {
  scheme?: string;
  name: string;
  port?: string;
}

const ENTRY =
  /^(?:([a-z][a-z\d+.-]*):\/\/)?(\[[\da-f:.]+\]|[^:/\s[\]]+|[\da-f:]*:[\da-f:.]*:[\da-f:.]*)(?::(\d{1,5}))?\/?$/i;

/**
 * Reads an entry of an allow-list: `example.com`, `example.com:8443`, `https://example.com`, `[::1]` or `::1`.
 * Throws a TypeError when it is none of these.
 */
export function parseAllowed(entry: string): AllowedName {
  const match = ENTRY.exec(entry.trim());
  if (match === null) throw new TypeError(`"${entry}" is not a host name and not an origin`);
  const [, scheme, name = '', port] = match;
  return { scheme: scheme?.toLowerCase(), name: canonical(name), port };
}

/** Reads `name`, `name:port` or `[address]:port` as a `Host` header has it; undefined when it is none of these. */
export function parseAuthority(authority: string): { name: string; port?: string } | undefined {
  const match = AUTHORITY.exec(authority);
  return match === null ? undefined : { name: canonical(match[1] ?? ''), port: match[2] };
}

const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;

/** Names are compared in lower case, without the root's dot, and IPv6 addresses in brackets. */
function canonical(name: string): string {
  const lower = bracketed(name.toLowerCase());
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
