import type { Request, Response } from 'express';
import { randomSecret } from '../secrets.js';

const COOKIE = 'mcp_calc_browser';

/**
 * What ties a flow to the browser that began it: a random cookie. A link or a form from elsewhere comes without it
 * (SameSite) or with another one, so nobody can be signed in to a flow that someone else began (RFC 9700 §4.7).
 */
export function browserOf(req: Request): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`).exec(req.headers.cookie ?? '')?.[1];
}

/** The browser's cookie, given to it where it has none. Flows in several tabs share it. */
export function rememberBrowser(req: Request, res: Response, { secure, maxAge }: { secure: boolean; maxAge: number }): string {
  const browser = browserOf(req) ?? randomSecret();
  res.cookie(COOKIE, browser, { httpOnly: true, sameSite: 'lax', secure, maxAge, path: '/' });
  return browser;
}
