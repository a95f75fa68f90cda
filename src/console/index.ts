import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../http/body.js';
import { HttpError, sendJson } from '../http/errors.js';
import { sendText } from '../http/send.js';
import type { Logger } from '../log.js';
import { isObject, parseJson } from '../rpc/messages.js';
import type { NodeMessage, Storage } from '../sessions/contract.js';
import { StoreUnavailableError } from '../sessions/errors.js';
import type { ConsoleAccess } from './access.js';
import { CONSOLE_PATH, consoleAccess, isOwnPage } from './access.js';
import SCRIPT from './page/main.tsx?bundled';
import STYLE from './page/page.css?raw';
import { ICON, sendLocked, sendPage } from './pages.js';
import { findSession, shownSessions } from './sessions.js';
import type { About } from './shown.js';
import type { SetTap } from './wire/wire.js';
import { Wire } from './wire/wire.js';

/** Bytes of what the page sends. */
const BODY_BYTES = 4_096;

export interface ConsoleOptions {
  /** Opens it. */
  readonly token: string;
  readonly about: About;
  /** Whether browsers reach this server over TLS. */
  readonly isSecure: boolean;
  /** The sessions; absent where there are none. */
  readonly storage: Storage | undefined;
  /** What all nodes have in common. */
  readonly state: Storage;
  /** Called when an operator has ended a session. */
  readonly onEnded: (sessionId: string) => void;
  readonly setTap: SetTap;
  readonly logger: Logger;
}

export interface Console {
  /** Throws an HttpError, or rejects with one. */
  handle(req: IncomingMessage, res: ServerResponse): void | Promise<void>;
  /** A message of another node. */
  hear(message: NodeMessage): void;
  close(): void;
}

/** The operator's page and its own API. */
export function openConsole(options: ConsoleOptions): Console {
  const { token, isSecure, state, setTap, logger } = options;
  const access = consoleAccess(token);
  const wire = new Wire(state.bus, setTap, logger);
  return {
    handle(req, res) {
      switch (req.pathname.replace(/(?<=.)\/$/, '')) {
        case '/':
          return enter(access, isSecure, req, res);
        case CONSOLE_PATH:
          requireMethod(req, 'GET', 'HEAD');
          return access.hasCookie(req) ? sendPage(res) : sendLocked(res);
        case `${CONSOLE_PATH}/app.js`:
          return sendFile(req, res, 'text/javascript', SCRIPT);
        case `${CONSOLE_PATH}/app.css`:
          return sendFile(req, res, 'text/css', STYLE);
        case `${CONSOLE_PATH}/icon.svg`:
          return sendFile(req, res, 'image/svg+xml', ICON);
        default:
          requireOwn(access, req);
          return answer(options, wire, req, res);
      }
    },
    hear: (message) => wire.hear(message),
    close: () => wire.close(),
  };
}

/** Takes the token out of the address: it would stay in the history, and go along in what is copied. */
function enter(access: ConsoleAccess, isSecure: boolean, req: IncomingMessage, res: ServerResponse): void {
  requireMethod(req, 'GET', 'HEAD');
  // The target may be `//?token=…`, which is no URL.
  const given = new URLSearchParams(req.url?.replace(/^[^?]*/, '')).get('token');
  res.setHeader('Cache-Control', 'no-store');
  if (given !== null && !access.isToken(given)) return sendLocked(res);
  if (given !== null) res.setHeader('Set-Cookie', access.cookieFor(req, isSecure));
  res.setHeader('Location', `${CONSOLE_PATH}/`);
  res.writeHead(303).end();
}

async function answer(
  { about, storage, onEnded }: ConsoleOptions,
  wire: Wire,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  res.setHeader('Cache-Control', 'no-store');
  switch (req.pathname) {
    case `${CONSOLE_PATH}/api/about`:
      requireMethod(req, 'GET');
      return sendJson(res, 200, about);
    case `${CONSOLE_PATH}/api/wire`:
      requireMethod(req, 'GET');
      if (!wire.watch(res)) throw new HttpError(503, 'Too many watch already', { reason: 'unavailable' });
      return;
    case `${CONSOLE_PATH}/api/sessions`:
      requireMethod(req, 'GET', 'DELETE');
      try {
        if (req.method === 'DELETE') await endSession(storage, req, onEnded);
        return sendJson(res, 200, storage ? await shownSessions(storage) : { open: 0, sessions: [] });
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        throw new HttpError(503, 'The session store does not answer', { reason: 'store', cause: error });
      }
    default:
      throw new HttpError(404, 'Not found', { reason: 'not_found' });
  }
}

async function endSession(
  storage: Storage | undefined,
  req: IncomingMessage,
  onEnded: (sessionId: string) => void,
): Promise<void> {
  const body = parseJson(await readBody(req, BODY_BYTES));
  const key = isObject(body) ? body.key : undefined;
  const id = storage && typeof key === 'string' ? await findSession(storage, key) : undefined;
  if (!storage || id === undefined) return;
  if (await storage.sessions.end(id)) onEnded(id);
  await storage.bus.tellAll({ kind: 'end', sessionId: id });
}

function requireOwn(access: ConsoleAccess, req: IncomingMessage): void {
  if (!isOwnPage(req))
    throw new HttpError(403, "Forbidden: only the console's own page may ask this", { reason: 'origin' });
  if (!access.hasCookie(req))
    throw new HttpError(401, 'Unauthorized: open the console with the address that the server printed', {
      reason: 'token_missing',
    });
}

function requireMethod(req: IncomingMessage, ...allowed: readonly string[]): void {
  if (allowed.includes(req.method ?? '')) return;
  const headers = { Allow: allowed.join(', ') };
  throw new HttpError(405, `Method not allowed: use ${headers.Allow}`, { reason: 'method', headers });
}

function sendFile(req: IncomingMessage, res: ServerResponse, type: string, text: string): void {
  requireMethod(req, 'GET', 'HEAD');
  sendText(res, 200, type, text, { 'Cache-Control': 'no-cache' });
}
