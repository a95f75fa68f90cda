import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Guard } from '../guard.js';

/** A response as Node keeps it: its head, as text, between `writeHead` and the first byte of the body. */
type Headed = ServerResponse & { _header: string };

/**
 * The headers that every answer has, whoever writes it: `X-Request-Id`, and helmet's. What a handler sets itself by one of their
 * names stands in the place of helmet's; so a handler that serves pages sets a content security policy of its own.
 *
 * They are put into the finished head as text. Set one by one, each is checked, copied, checked and compared for every
 * answer, which takes a tenth of all that a small call costs.
 */
export function standingHeaders(): Guard {
  const standing = securityHeaderList().map(([name, value]) => ({ name, line: `${name}: ${value}\r\n` }));
  const all = standing.map(({ line }) => line).join('');
  const names: ReadonlySet<string> = new Set(standing.map(({ name }) => name));

  function writeHead(this: ServerResponse, ...args: Parameters<ServerResponse['writeHead']>): ServerResponse {
    ServerResponse.prototype.writeHead.apply(this, args);
    const lines = this.getHeaderNames().some((name) => names.has(name))
      ? standing.map(({ name, line }) => (this.hasHeader(name) ? '' : line)).join('')
      : all;
    const head = this as Headed;
    head._header = `${head._header.slice(0, -'\r\n'.length)}X-Request-Id: ${this.req.requestId}\r\n${lines}\r\n`;
    return this;
  }

  return function standingHeaders(_req, res) {
    res.writeHead = writeHead as ServerResponse['writeHead'];
    return true;
  };
}

/** They are the same for every answer, so helmet runs once, on an answer that is never sent. As a list for what is answered before there is a response. */
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
