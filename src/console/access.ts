import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { authorityOf } from '../http/request.js';
import { parseAuthority } from '../net/authority.js';

/** Where the cookie goes, and so the page with all that is its own: never along to `/mcp`. */
export const CONSOLE_PATH = '/console';
/** A header that a page of another origin can't send without being asked for in a preflight, which lets no cookie pass. */
const OWN_HEADER = 'x-mcp-calc-console';
/** Characters of a token that is looked at. */
const TOKEN_CHARACTERS = 1_024;

/** Who may see the console: whoever brings the token once, and then the browser that was given the cookie for it. */
export interface ConsoleAccess {
  /** Whether this is the token. */
  isToken(given: string): boolean;
  /** The `Set-Cookie` for who has brought it, at the address that the request names. */
  cookieFor(req: IncomingMessage, isSecure: boolean): string;
  /** Whether the request brings the cookie. */
  hasCookie(req: IncomingMessage): boolean;
}

export function consoleAccess(token: string): ConsoleAccess {
  const expected = digest(token);
  // What a browser keeps is not the token: who reads its cookies can't make a link of them.
  const value = digest(`cookie:${token}`).toString('base64url');
  const expectedCookie = digest(value);
  return {
    isToken: (given) => given.length <= TOKEN_CHARACTERS && timingSafeEqual(digest(given), expected),
    cookieFor: (req, isSecure) =>
      `${cookieName(req)}=${value}; Path=${CONSOLE_PATH}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`,
    hasCookie(req) {
      const name = `${cookieName(req)}=`;
      // Pages of other ports may set one of the same name, which may come first.
      const found = (req.headers.cookie ?? '').split('; ').filter((pair) => pair.startsWith(name));
      return found.some((pair) => timingSafeEqual(digest(pair.slice(name.length)), expectedCookie));
    },
  };
}

/**
 * Whether only the console's own page can have sent this: `SameSite` lets pages of other ports of the same host send the cookie.
 * Browsers send `Sec-Fetch-Site` to loopback and over TLS; elsewhere the header stands in.
 */
export function isOwnPage(req: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site } = req.headers;
  if (req.headers[OWN_HEADER] === undefined) return false;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === authorityOf(req)?.toLowerCase();
}

/** Browsers share cookies between all ports of a host: each server there has one of its own name. */
function cookieName(req: IncomingMessage): string {
  return `mcp_calc_console_${parseAuthority(authorityOf(req) ?? '')?.port ?? '80'}`;
}

/** Of equal length, whatever the text: only so can two be compared in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
