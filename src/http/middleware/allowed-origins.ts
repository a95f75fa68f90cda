import cors from 'cors';
import type { IncomingMessage } from 'node:http';
import { HttpError } from '../errors.js';
import { quote } from '../../text/harmless.js';
import type { Guard } from '../guard.js';
import { SHOWN_CHARACTERS } from './allowed-hosts.js';
import { authorityOf } from '../request.js';
import { ANY, parseAllowed } from '../../net/authority.js';
import type { AllowedName } from '../../net/authority.js';

/** Answer headers that a page may read. */
const EXPOSED = ['Mcp-Session-Id', 'Mcp-Protocol-Version', 'WWW-Authenticate', 'Retry-After', 'X-Request-Id'];
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];
/** How long a browser may remember the answer to a preflight, s. */
const PREFLIGHT_AGE_S = 600;

export interface AllowedOriginsOptions {
  /**
   * Whether a page that this server itself has served may call it. Safe only where the host is checked too: with DNS
   * rebinding, the attacker's page has the same origin.
   */
  sameOrigin?: boolean;
  /** The origins whose pages may read answers as well, in the same forms; all that are allowed where it is absent. */
  readers?: readonly string[];
}

/**
 * Lets pass requests without an `Origin` and those of an allowed one, whatever the port unless an entry names one; 403
 * otherwise. Only one of `readers` gets CORS headers; its preflights are answered here. Cookies are never allowed:
 * who calls is told by the `Authorization` header.
 */
export function allowedOrigins(
  origins: readonly string[],
  { sameOrigin = false, readers = origins }: AllowedOriginsOptions = {},
): Guard {
  const anyOrigin = origins.includes(ANY);
  const anyReader = readers.includes(ANY);
  const allowed = parseList(origins);
  const reading = parseList(readers);
  const applyCors = cors({
    origin: anyReader ? ANY : true,
    methods: METHODS,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_AGE_S,
    optionsSuccessStatus: 204,
  });
  return function allowedOrigins(req, res) {
    const { origin } = req.headers;
    if (origin === undefined) return true;
    if (!anyOrigin && !isAllowed(origin, allowed) && !(sameOrigin && isSame(origin, req))) {
      const came = quote(origin, SHOWN_CHARACTERS);
      (req.logFields ??= {}).origin = came;
      throw new HttpError(403, `Forbidden: this Origin is not allowed (--allowed-origins): ${came}`, {
        reason: 'origin',
      });
    }
    if (!anyReader && !isAllowed(origin, reading)) {
      res.appendHeader('Vary', 'Origin');
      return true;
    }
    let passed = false;
    applyCors(req, res, () => (passed = true));
    return passed;
  };
}

/**
 * Refuses what a page of another site has sent without an `Origin`, with 403: images, scripts and links of any page reach a
 * server on this machine so, and a stream would be opened, with its session. Only browsers send `Sec-Fetch-Site` (Fetch
 * Metadata), and pages can't change it.
 */
export function notCrossSite(origins: readonly string[]): Guard {
  const anyOrigin = origins.includes(ANY);
  return function notCrossSite({ headers }) {
    if (anyOrigin || headers.origin !== undefined || headers['sec-fetch-site'] !== 'cross-site') return true;
    throw new HttpError(403, 'Forbidden: a page of another site may not do this', { reason: 'origin' });
  };
}

function parseList(origins: readonly string[]): AllowedName[] {
  return origins.filter((origin) => origin !== ANY).map(parseAllowed);
}

function isAllowed(origin: string, allowed: readonly AllowedName[]): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  return allowed.some(
    (entry) =>
      entry.name === hostname &&
      (entry.scheme === undefined || `${entry.scheme}:` === protocol) &&
      (entry.port === undefined || entry.port === (port || (protocol === 'https:' ? '443' : '80'))),
  );
}

function isSame(origin: string, req: IncomingMessage): boolean {
  return URL.canParse(origin) && new URL(origin).host === authorityOf(req)?.toLowerCase();
}
