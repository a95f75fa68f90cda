/** Where the servers of this program listen unless told otherwise. */
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORTS = { stateful: 1453, stateless: 1071, sse: 1923, authServer: 3001 } as const;

/** A host as a URL or a `Host` header has it: an IPv6 address in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** A host as one binds or connects to it: without those brackets. */
export function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** `http://127.0.0.1:1453`, without a path. */
export function httpOrigin(host: string, port: number): string {
  return `http://${bracketed(host)}:${port}`;
}
