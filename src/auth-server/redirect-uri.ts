import { LOOPBACK_NAMES } from '../net/loopback.js';

/** Characters of a redirect URI. */
export const REDIRECT_URI_LENGTH = 2_000;
/**
 * Schemes of applications that speak MCP and name theirs without a dot. What may be is listed, and not what may not: systems hand
 * endless schemes to programs with side effects (`ms-msdt:`, `search-ms:`, `shell:`, `smb:`, `intent:`, `jar:` …).
 */
const APPLICATION_SCHEMES = new Set([
  'antigravity',
  'chatgpt',
  'cherrystudio',
  'claude',
  'code-oss',
  'codex',
  'cursor',
  'cursor-nightly',
  'gemini',
  'goose',
  'jetbrains',
  'kiro',
  'librechat',
  'lmstudio',
  'msty',
  'positron',
  'raycast',
  'trae',
  'void',
  'vscode',
  'vscode-insiders',
  'vscodium',
  'warp',
  'windsurf',
  'windsurf-next',
  'witsy',
  'zed',
]);
/** A scheme that stands for a domain name in reverse (RFC 8252 §7.1), and so for its owner: `com.example.app`. */
const REVERSE_DOMAIN = /^[a-z]{2,20}(?:\.[a-z0-9][a-z0-9-]*)+$/;
/** Makers of systems, whose own programs answer to such schemes as well: `microsoft.windows.camera`, `com.apple.…`. */
const SYSTEM_DOMAIN = /^(?:com\.|net\.|org\.)?(?:android|apple|microsoft|windows)\./;

/**
 * Whether a client may register this redirect URI: https anywhere, http on the loopback only (RFC 8252 §7.3), or a scheme
 * of an installed application: a domain name in reverse (RFC 8252 §7.1), or one of the known ones, since no editor's has a dot.
 */
export function isAllowedRedirectUri(uri: string): boolean {
  if (uri.length > REDIRECT_URI_LENGTH || !/^[\x21-\x7e]+$/.test(uri) || uri.includes('\\') || !URL.canParse(uri))
    return false;
  const { protocol, hostname, hash, username, password } = new URL(uri);
  if (hash !== '' || uri.endsWith('#') || username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  if (protocol === 'http:') return LOOPBACK_NAMES.includes(hostname);
  const scheme = protocol.slice(0, -1);
  return APPLICATION_SCHEMES.has(scheme) || (REVERSE_DOMAIN.test(scheme) && !SYSTEM_DOMAIN.test(scheme));
}

/** Whether a redirect leads to this very machine, where nobody but its user can be reached. */
export function leadsToLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && LOOPBACK_NAMES.includes(hostname);
}

/** Whether a redirect leads to an installed application, by a scheme of its own. */
export function leadsToApplication({ protocol }: URL): boolean {
  return protocol !== 'https:' && protocol !== 'http:';
}

/**
 * Whether a requested redirect URI is one of those registered: character by character (RFC 9700 §2.1). A loopback URI
 * registered without a port stands for every port (RFC 8252 §7.3), since an installed application gets one when it starts.
 */
export function isRegisteredRedirectUri(requested: string, registered: readonly string[]): boolean {
  return registered.some((known) => known === requested || (hasNoPort(known) && known === withoutPort(requested)));
}

/** The start of a loopback URI, and its port. */
const LOOPBACK = new RegExp(
  `^(http://(?:${LOOPBACK_NAMES.join('|').replace(/[.[\]]/g, '\\$&')}))(:\\d{1,5})?(?=[/?]|$)`,
);

function hasNoPort(uri: string): boolean {
  const match = LOOPBACK.exec(uri);
  return match !== null && match[2] === undefined;
}

function withoutPort(uri: string): string {
  return uri.replace(LOOPBACK, '$1');
}
