import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Guard } from '../guard.js';

/**
 * helmet's headers. They are the same for every answer, so helmet runs once, on an answer that is never sent, and a
 * request only copies them. A handler that serves pages sets a content security policy of its own.
 */
export function securityHeaders(): Guard {
  const headers = securityHeaderList();
  return function securityHeaders(_req, res) {
    for (const [name, value] of headers) res.setHeader(name, value);
    return true;
  };
}

/** The same as a list, for what is answered before there is a response. */
export function securityHeaderList(): [name: string, value: string][] {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: { action: 'deny' },
    // With helmet's own `no-referrer`, browsers send the forms of the login page with `Origin: null`.
    referrerPolicy: { policy: 'same-origin' },
  })(req, res, () => {});
  return res.getHeaderNames().map((name) => [name, String(res.getHeader(name))]);
}
