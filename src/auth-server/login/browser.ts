import type { Request, Response } from 'express';
import { randomId, randomSecret } from '../secrets.js';

const COOKIE = 'mcp_calc_browser';

/**
 * What ties a flow to the browser that began it: a random cookie. A link or a form from elsewhere comes without it
 * (SameSite) or with another one, so nobody can be signed in to a flow that someone else began (RFC 9700 §4.7).
 */
export function browserOf(req: Request): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`).exec(req.headers.cookie ?? '')?.[1];
}

/** The browser's cookie, given to it where it has none. Flows in several tabs share it. */
export function rememberBrowser(
  req: Request,
  res: Response,
  { secure, maxAge }: { secure: boolean; maxAge: number },
): string {
  const browser = browserOf(req) ?? randomSecret();
  res.cookie(COOKIE, browser, { httpOnly: true, sameSite: 'lax', secure, maxAge, path: '/' });
  return browser;
}

/**
 * Sets the headers of a page that no other page may frame, and in which only its own files run. Returns the nonce that
 * these files carry. `returnsTo` is where a form's chain of redirects ends: browsers hold `form-action` against every hop.
 */
export function securePage(res: Response, returnsTo?: string): string {
  const nonce = randomId();
  const formAction = ["'self'", ...(returnsTo === undefined ? [] : [sourceOf(returnsTo)])].join(' ');
  res.setHeader(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "img-src 'self'",
      "base-uri 'none'",
      `form-action ${formAction}`,
      "frame-ancestors 'none'",
    ].join('; '),
  );
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  // Not "no-referrer": with it, browsers post the form with "Origin: null", which no check of the origin can accept.
  res.setHeader('Referrer-Policy', 'same-origin');
  res.setHeader('Cache-Control', 'no-store');
  return nonce;
}

/** A source expression (CSP 3 §2.3.1): the origin, or the scheme where an origin can't be written (applications, IPv6). */
function sourceOf(address: string): string {
  const { protocol, hostname, origin } = new URL(address);
  return /^https?:$/.test(protocol) && !hostname.startsWith('[') ? origin : protocol;
}
