import { sendJson } from '../http/errors.js';
import type { Incoming, Outgoing } from '../http/message.js';
import type { RequestAuth } from '../http/request.js';
import type { HostCaller } from './caller.js';
import { challengeHeader } from './challenge.js';

/** The issuer of those who were signed in by a server around that names none. */
const HOST = 'host';

/** The caller in the form that a verified token has here. Throws a TypeError where it has no subject. */
export function authOf({
  subject,
  issuer = HOST,
  clientId = '',
  scopes = [],
  claims,
  expiresAt,
}: HostCaller): RequestAuth {
  if (typeof subject !== 'string' || subject === '')
    throw new TypeError('A caller must have a subject, which is a text');
  // A text would be taken for a list of letters.
  if (!Array.isArray(scopes)) throw new TypeError('The scopes of a caller must be a list');
  return {
    token: '',
    clientId,
    scopes: [...scopes],
    ...(expiresAt !== undefined && { expiresAt }),
    extra: { issuer, subject, ...(claims && { claims }) },
  };
}

/**
 * The caller that `req.auth` of the server around means: the `AuthInfo` of the MCP SDK with a subject in its `extra`, or the claims of
 * a JWT. Undefined where nobody signed in. Throws a TypeError where it names no subject: many people may share a client's id.
 */
export function callerIn(auth: unknown): HostCaller | undefined {
  if (auth === undefined || auth === null) return undefined;
  const { extra, ...info } = auth as Record<string, unknown> & { extra?: Record<string, unknown> };
  const claims = { ...info, ...extra };
  const subject = textIn(claims, 'subject', 'sub');
  if (subject === undefined) {
    throw new TypeError('req.auth names no subject (extra.subject, or sub): say who calls with the option `caller`');
  }
  const { scopes, scope, token: _token, ...shown } = claims;
  const expiresAt = claims.expiresAt ?? claims.exp;
  return {
    subject,
    issuer: textIn(claims, 'issuer', 'iss'),
    clientId: textIn(claims, 'clientId', 'client_id', 'azp'),
    scopes: Array.isArray(scopes) ? scopes.map(String) : typeof scope === 'string' ? scope.split(' ') : [],
    claims: typeof claims.claims === 'object' ? (claims.claims as Record<string, unknown>) : shown,
    ...(typeof expiresAt === 'number' && { expiresAt }),
  };
}

/** Answers 403 `insufficient_scope` for a caller that the server around has signed in (RFC 6750, 3.1). */
export function refuseScopes(req: Incoming, res: Outgoing, scopes: readonly string[]): void {
  const error = 'insufficient_scope';
  const description = 'The caller lacks a scope that this needs';
  req.refusal = 'scope_missing';
  sendJson(
    res,
    403,
    { error, error_description: description },
    { 'WWW-Authenticate': challengeHeader({ error, description, scopes }), 'Cache-Control': 'no-store' },
  );
}

function textIn(values: Readonly<Record<string, unknown>>, ...names: string[]): string | undefined {
  const found = names.map((name) => values[name]).find((value) => typeof value === 'string' && value !== '');
  return found as string | undefined;
}
