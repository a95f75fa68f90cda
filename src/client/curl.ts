import { isSecretName } from '../text/secrets.js';
import type { HttpRequest } from './http-request.js';

export interface CurlOptions {
  /** Print secrets as they are. Otherwise they become shell variables, so that the line can be shown around. */
  readonly secrets?: boolean;
  /** Where the session id comes from: the value itself, or the shell variable of that name. */
  readonly sessionVariable?: string;
}

/** Headers that curl would send by itself or that belong to the connection. */
const LEFT_OUT = new Set(['content-length', 'host', 'connection', 'accept-encoding', 'user-agent']);
const PROPER: Readonly<Record<string, string>> = {
  'mcp-session-id': 'Mcp-Session-Id',
  'mcp-protocol-version': 'MCP-Protocol-Version',
  'last-event-id': 'Last-Event-ID',
};

/** The shell variable that stands for the token in a curl line without secrets. */
export const TOKEN_VARIABLE = 'MCP_TOKEN';

/** The request as one line for a POSIX shell. A stream is shown as it arrives (`-N`). */
export function renderCurl(request: HttpRequest, options: CurlOptions = {}): string {
  const words = ['curl', streams(request) ? '-sSN' : '-sS'];
  if (request.method !== 'GET') words.push('-X', request.method);
  words.push(shellQuote(request.url));
  words.push(...renderHeaders(request.headers, options));
  // --data-raw: a body that begins with @ does not name a file.
  if (request.body !== undefined) words.push('--data-raw', shellQuote(request.body));
  return words.join(' ');
}

/** The words of a curl line that send these headers. */
export function renderHeaders(headers: Readonly<Record<string, string>>, options: CurlOptions = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => !LEFT_OUT.has(name))
    .flatMap(([name, value]) => ['-H', headerWord(name, value, options)]);
}

/** One word for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function streams({ method, headers }: HttpRequest): boolean {
  return method === 'GET'
    ? headers.accept === 'text/event-stream'
    : (headers.accept ?? '').includes('text/event-stream');
}

function headerWord(name: string, value: string, { secrets = false, sessionVariable }: CurlOptions): string {
  const shown =
    PROPER[name] ?? name.replace(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());
  if (name === 'mcp-session-id' && sessionVariable !== undefined) return `"${shown}: $${sessionVariable}"`;
  if (secrets || !isSecretName(name)) return shellQuote(`${shown}: ${value}`);
  const scheme = /^(Bearer|Basic|DPoP) /i.exec(value)?.[0] ?? '';
  const variable = name === 'authorization' ? TOKEN_VARIABLE : name.replace(/\W/g, '_').toUpperCase();
  return `"${shown}: ${scheme}$${variable}"`;
}
