import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_HOST, httpOrigin } from '../../net/addresses.js';
import { withDeadline } from '../../net/time-limit.js';
import { SIGN_IN_TIMEOUT_MS, readRedirect } from './receiver.js';
import type { Redirected, RedirectReceiver } from './receiver.js';

const PATH = '/callback';

export interface LoopbackOptions {
  /** The port to return to; 0 for any. Where it is taken and not demanded, any other will do. */
  readonly port: number;
  readonly demanded?: boolean;
  /** Brings the person to the address. */
  show(authorizationUrl: URL): void;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Listens on a loopback port for the browser to return (RFC 8252, 7.3). */
export async function loopbackReceiver({
  port,
  demanded = false,
  show,
  signal,
  timeoutMs = SIGN_IN_TIMEOUT_MS,
}: LoopbackOptions): Promise<RedirectReceiver> {
  const server = await listen(port).catch((error: unknown) => {
    if (demanded) throw error;
    return listen(0);
  });
  const address = server.address() as AddressInfo;
  return {
    redirectUrl: `${httpOrigin(DEFAULT_HOST, address.port)}${PATH}`,
    authorize: (authorizationUrl) => {
      const redirected = waitFor(server, authorizationUrl.searchParams.get('state'), timeoutMs, signal);
      show(authorizationUrl);
      return redirected;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, DEFAULT_HOST, () => resolve(server));
  });
}

/** Whatever is not the answer to this sign-in is refused, and waited past: any page can have a browser ask a loopback port. */
function waitFor(server: Server, state: string | null, timeoutMs: number, signal?: AbortSignal): Promise<Redirected> {
  const redirected = new Promise<Redirected>((resolve, reject) => {
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (request.method !== 'GET' || url.pathname !== PATH) {
        response.writeHead(404).end();
        return;
      }
      const answer = (status: number, text: string): void =>
        void response
          .writeHead(status, { 'content-type': 'text/html; charset=utf-8', connection: 'close' })
          .end(page(text));
      if (url.searchParams.get('state') !== state)
        return answer(400, 'This does not belong to the sign-in that is waited for.');
      try {
        const found = readRedirect(url.searchParams);
        answer(200, 'You are signed in. You can close this page and go back to the terminal.');
        resolve(found);
      } catch (error) {
        // The words of the query don't go into the page.
        answer(400, 'Signing in failed. The terminal says why.');
        reject(error as Error);
      }
    });
  });
  return withDeadline(redirected, timeoutMs, 'nobody signed in in time', signal);
}

function page(text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>mcp-calc</title><body style="font:1.1rem system-ui;margin:4rem"><p>${text}</p></body></html>`;
}
