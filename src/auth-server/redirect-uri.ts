import { LOOPBACK_NAMES } from '../net/loopback.js';

/** Characters of a redirect URI. */
export const REDIRECT_URI_LENGTH = 2_000;
/** Schemes that run code, read files or leave the world of applications; they would turn the redirect into an attack. */
const FORBIDDEN_SCHEMES = new Set([
  'about',
  'blob',
  'chrome',
  'chrome-extension',
  'data',
  'file',
  'filesystem',
  'ftp',
  'javascript',
  'mailto',
  'sms',
  'tel',
  'vbscript',
  'view-source',
  'ws',
  'wss',
]);

/**
 * Whether a client may register this redirect URI: https anywhere, http on the loopback only (RFC 8252 §7.3), or a scheme
 * of an installed application (RFC 8252 §7.1; without its demand for a dot, which no editor's scheme has).
 */
export function isAllowedRedirectUri(uri: string): boolean {
  if (uri.length > REDIRECT_URI_LENGTH || !/^[\x21-\x7e]+$/.test(uri) || uri.includes('\\') || !URL.canParse(uri))
    return false;
  const { protocol, hostname, hash, username, password } = new URL(uri);
  if (hash !== '' || uri.endsWith('#') || username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  if (protocol === 'http:') return LOOPBACK_NAMES.includes(hostname);
  return !FORBIDDEN_SCHEMES.has(protocol.slice(0, -1));
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
