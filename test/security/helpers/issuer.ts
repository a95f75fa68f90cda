import { randomUUID } from 'node:crypto';
import { serve } from '../../auth/helpers/serve.js';

/** The address under which the guarded server is known, wherever it really listens. */
export const BASE = 'https://calc.example';
const CREDENTIALS = { INTROSPECTION_CLIENT_ID: 'calc', INTROSPECTION_CLIENT_SECRET: 'the secret of the two' };
const LIFETIME_S = 600;

export interface Issuer {
  /** What a server needs to ask this issuer about its tokens. */
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** A new token at every call; with `iss`, it is one of another issuer. */
  token(sub: string, claims?: { iss?: string; scope?: string; aud?: string; exp?: number }): string;
  /** The headers of a request with a new token. */
  as(...claims: Parameters<Issuer['token']>): Record<string, string>;
  close(): Promise<void>;
}

/** An authorization server that vouches for whomever the test makes up: a token is its own claims, encoded. */
export async function startIssuer(): Promise<Issuer> {
  const host = await serve((req, res) => {
    let form = '';
    req.setEncoding('utf8').on('data', (text: string) => (form += text));
    req.on('end', () => {
      const token = new URLSearchParams(form).get('token') ?? '';
      res.setHeader('content-type', 'application/json').end(claimsOf(token));
    });
  });
  const token: Issuer['token'] = (sub, more = {}) => {
    const { iss = 'https://one.example', scope = 'mcp', aud = `${BASE}/mcp`, exp } = more;
    const claims = {
      active: true,
      iss,
      sub,
      scope,
      aud,
      exp: exp ?? Math.floor(Date.now() / 1000) + LIFETIME_S,
      jti: randomUUID(),
    };
    return Buffer.from(JSON.stringify(claims)).toString('base64url');
  };
  return {
    args: ['--auth', 'introspection', '--introspection-url', `${host.url}/introspect`, '--base-uri', BASE],
    env: CREDENTIALS,
    token,
    as: (...claims) => ({ Authorization: `Bearer ${token(...claims)}` }),
    close: () => host.close(),
  };
}

function claimsOf(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  return text.startsWith('{"active":true') ? text : '{"active":false}';
}
