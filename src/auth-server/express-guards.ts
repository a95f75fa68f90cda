import type { OAuthRegisteredClientsStore } from '@modelcontextprotocol/sdk/server/auth/clients.js';
import { OAuthError, TemporarilyUnavailableError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import express from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { HttpError } from '../http/errors.js';
import type { Logger } from '../log.js';
import { StoreUnavailableError } from '../sessions/errors.js';
import { securePage } from './login/browser.js';
import { refusedPage } from './login/page.js';
import { isRegisteredRedirectUri, leadsToLoopback } from './redirect-uri.js';
import { hashOf } from './secrets.js';

/** Seconds after which a client may ask again. */
const RETRY_AFTER = '1';

/** The SDK's handlers answer 400 to all that is not a bug; that the server can't answer now is 503. */
export const unavailableAs503: RequestHandler = (_req, res, next) => {
  const json = res.json.bind(res);
  res.json = (body: unknown) => {
    const error = (body as { error?: unknown } | undefined)?.error;
    if (error === TemporarilyUnavailableError.errorCode && !res.headersSent)
      res.status(503).set('Retry-After', RETRY_AFTER);
    return json(body);
  };
  next();
};

/**
 * Goes before the SDK's authorize handler, which lets every loopback redirect URI have any port, whatever was registered, and
 * sends its errors there. Only GET, as a browser comes: a form posted from elsewhere can't begin a flow.
 */
export function exactRedirectUri(clients: OAuthRegisteredClientsStore): RequestHandler {
  return async (req, res, next) => {
    if (req.method !== 'GET') {
      res
        .status(405)
        .set('Allow', 'GET')
        .json({ error: 'method_not_allowed', error_description: 'The authorization endpoint answers GET alone' });
      return;
    }
    const { client_id: clientId, redirect_uri: requested } = req.query;
    if (typeof clientId === 'string' && typeof requested === 'string') {
      const client = await clients.getClient(clientId);
      if (client && !isRegisteredRedirectUri(requested, client.redirect_uris)) {
        res.status(400).json({ error: 'invalid_request', error_description: 'Unregistered redirect_uri' });
        return;
      }
    }
    next();
  };
}

/**
 * Completes what the SDK's authorize handler sends back to the client, which are errors: with the issuer (RFC 9207 §2 wants it in
 * every response, so that a client of several servers can tell whose answer it has) and the state, which the SDK loses with
 * malformed parameters. The login is a path, not an address.
 *
 * Anyone can register a client, and so its address: to send a browser there unasked makes the server an open redirector
 * (RFC 9700 §4.11.2). So only an address of this machine gets its errors at once; elsewhere a page says what is wrong, and
 * where its link leads.
 */
export function errorsToClient(issuer: string): RequestHandler {
  return (req, res, next) => {
    const redirect = res.redirect.bind(res) as (status: number, url: string) => void;
    res.redirect = ((status: number, url: string) => {
      if (!URL.canParse(url)) return redirect(status, url);
      const back = new URL(url);
      const { state } = req.query;
      if (typeof state === 'string') back.searchParams.set('state', state);
      back.searchParams.set('iss', issuer);
      if (leadsToLoopback(back)) return redirect(status, back.href);
      const page = refusedPage(securePage(res), back.href, back.searchParams.get('error_description') ?? '');
      res.status(400).type('html').send(page);
    }) as typeof res.redirect;
    next();
  };
}

const parseForm = express.urlencoded({ extended: false });

/** Client secrets are stored as hashes, and the SDK compares what is stored with what is sent: so what is sent is hashed first. */
export const hashedClientSecret: RequestHandler = (req, res, next) => {
  parseForm(req, res, (error?: unknown) => {
    if (error !== undefined) return next(error);
    const body = req.body as Record<string, unknown> | undefined;
    if (typeof body?.client_secret === 'string') body.client_secret = hashOf(body.client_secret);
    next();
  });
};

/** Every failure as an OAuth error object, without a stack or a path. */
export function oauthErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof HttpError && error.status === 429) {
      req.refusal = error.reason;
      res
        .status(429)
        .set({ ...error.headers })
        .json({ error: 'too_many_requests', error_description: error.message });
      return;
    }
    if (error instanceof StoreUnavailableError || error instanceof TemporarilyUnavailableError) {
      res.status(503).set('Retry-After', RETRY_AFTER).json({
        error: 'temporarily_unavailable',
        error_description: 'The authorization server can not answer now: try again',
      });
    } else if (error instanceof OAuthError) {
      res.status(400).json(error.toResponseObject());
    } else {
      const status = (error as { status?: unknown }).status;
      const isClients = typeof status === 'number' && status >= 400 && status < 500;
      if (!isClients) logger.error({ err: error }, 'the authorization server failed');
      res
        .status(isClients ? status : 500)
        .json(
          isClients
            ? { error: 'invalid_request', error_description: 'The request could not be read' }
            : { error: 'server_error', error_description: 'Internal Server Error' },
        );
    }
  };
}
