import { SignJWT, decodeJwt, generateKeyPair, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { bodyOf, listen, sendResult, shakesHands } from './hostile.js';
import type { SmallServer } from './hostile.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';

/** What a token endpoint was asked. */
export interface Asked {
  readonly at: 'as' | 'idp';
  readonly authorization: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

export interface TrustedIssuers extends SmallServer {
  readonly url: string;
  readonly issuer: string;
  readonly idp: string;
  readonly asked: Asked[];
  /** What the identity provider says its issuer is; its own where it is left out. */
  idpIssuer: string | undefined;
  /** A JWT by the identity provider. */
  sign(claims: JWTPayload & { aud: string }, expiresIn?: string): Promise<string>;
}

/**
 * An MCP server at `/mcp`, its authorization server at `/as`, and at `/idp` an identity provider that this one trusts: it takes
 * what the provider has signed for it, a workload's JWT as well as a grant for a person. All signatures and claims are checked.
 */
export async function startTrustedIssuers(): Promise<TrustedIssuers> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const mcp = shakesHands(({ id }, response) => sendResult(response, id, {}));
  const server = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const json = (value: unknown, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const oauthError = (error: string, words = ''): void => json({ error, error_description: words }, 400);
    if (pathname === '/mcp') {
      if (request.headers.authorization === 'Bearer granted') return void mcp(request, response);
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    }
    if (pathname === '/.well-known/oauth-protected-resource/mcp')
      return json({ resource: issuers.url, authorization_servers: [issuers.issuer] });
    if (pathname === '/.well-known/oauth-authorization-server/as')
      return json({
        issuer: issuers.issuer,
        authorization_endpoint: `${issuers.issuer}/authorize`,
        token_endpoint: `${issuers.issuer}/token`,
        response_types_supported: ['code'],
      });
    if (pathname === '/.well-known/openid-configuration/idp')
      return json({ issuer: issuers.idpIssuer ?? issuers.idp, token_endpoint: `${issuers.idp}/token` });
    const at = { '/as/token': 'as', '/idp/token': 'idp' }[pathname] as 'as' | 'idp' | undefined;
    if (at === undefined) return void response.writeHead(404).end();
    void bodyOf(request).then(async (body) => {
      const params = Object.fromEntries(new URLSearchParams(body));
      issuers.asked.push({ at, authorization: request.headers.authorization, params });
      const jwt = params[at === 'as' ? 'assertion' : 'subject_token'] ?? '';
      const audience = at === 'as' ? issuers.issuer : params.client_id;
      const verified = await jwtVerify(jwt, publicKey, { issuer: issuers.idp, audience }).catch(
        (error: Error) => error,
      );
      if (verified instanceof Error) return oauthError('invalid_grant', `\u001b]0;pwned\u0007${verified.message}`);
      if (at === 'as')
        return params.grant_type === JWT_BEARER
          ? json({ access_token: 'granted', token_type: 'Bearer' })
          : oauthError('unsupported_grant_type');
      const { audience: aud = '', resource, grant_type: type, requested_token_type: wanted } = params;
      if (type !== TOKEN_EXCHANGE || wanted !== ID_JAG) return oauthError('invalid_request');
      const grant = await issuers.sign({ sub: String(decodeJwt(jwt).sub), aud, resource });
      json({ access_token: grant, issued_token_type: ID_JAG, token_type: 'N_A' });
    });
  });
  const issuers: TrustedIssuers = {
    ...server,
    url: `${server.origin}/mcp`,
    issuer: `${server.origin}/as`,
    idp: `${server.origin}/idp`,
    asked: [],
    idpIssuer: undefined,
    sign: (claims, expiresIn = '5m') =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(issuers.idp)
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(privateKey),
  };
  return issuers;
}
