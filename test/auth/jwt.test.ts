import { createHmac } from 'node:crypto';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthConfigurationError, AuthorizationServerUnavailableError } from '../../src/auth/errors.js';
import { jwtVerifier } from '../../src/auth/jwt.js';
import { serve } from './helpers/serve.js';
import type { Served } from './helpers/serve.js';

const issuer = 'https://issuer.example/';
const audience = 'https://calc.example/mcp';
const secret = 'a shared secret of more than thirty-two bytes';
const claims: JWTPayload = { sub: 'ada', scope: 'mcp other', client_id: 'client-1' };

let keySet: Served;
let fetched = 0;
let down = false;
let key: CryptoKey;
let publicPem: string;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  publicPem = await exportSPKI(pair.publicKey);
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' };
  keySet = await serve((_req, res) => {
    fetched += 1;
    if (down) res.writeHead(503).end();
    else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  });
});
afterAll(() => keySet.close());

function token(change: JWTPayload = {}, expires: string | number = '5m', typ?: string) {
  const jwt = new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', typ })
    .setExpirationTime(expires);
  jwt.setIssuer(change.iss ?? issuer).setAudience(change.aud ?? audience);
  return jwt;
}
const verifier = () => jwtVerifier({ keys: { jwksUrl: `${keySet.url}/jwks` }, issuer, audiences: [audience] });
const refused = (jwt: string) => expect(verifier().verify(jwt)).rejects.toThrow(InvalidTokenError);

describe('a JWT verified with a key set', () => {
  it('tells issuer, subject, client, scopes, audience and expiry', async () => {
    const auth = await verifier().verify(await token().sign(key));
    expect(auth).toMatchObject({ clientId: 'client-1', scopes: ['mcp', 'other'], extra: { issuer, subject: 'ada' } });
    expect(auth.resource?.href).toBe(audience);
    expect(auth.expiresAt).toBeGreaterThan(Date.now() / 1000 + 200);
  });

  it('accepts one of several audiences, and scopes in "scp"', async () => {
    const auth = await verifier().verify(
      await token({ aud: ['https://else.example', audience], scope: undefined, scp: ['a', 'b'] }).sign(key),
    );
    expect(auth.scopes).toEqual(['a', 'b']);
  });

  it('fetches the keys once for many tokens', async () => {
    const before = fetched;
    const one = verifier();
    await Promise.all([one.verify(await token().sign(key)), one.verify(await token({ sub: 'bob' }).sign(key))]);
    expect(fetched - before).toBe(1);
  });

  it('refuses a token for another audience', async () =>
    refused(await token({ aud: 'https://calc.example/other' }).sign(key)));
  it('refuses a token of another issuer', async () => refused(await token({ iss: 'https://evil.example/' }).sign(key)));
  it('refuses an expired token', async () => refused(await token({}, Math.floor(Date.now() / 1000) - 60).sign(key)));
  it('refuses a token that is not valid yet', async () => refused(await token().setNotBefore('2m').sign(key)));
  it('refuses a token issued in the future', async () =>
    refused(
      await token()
        .setIssuedAt(Math.floor(Date.now() / 1000) + 120)
        .sign(key),
    ));
  it('refuses a token without a subject', async () => refused(await token({ sub: undefined }).sign(key)));
  it('refuses a token that is bound to a key', async () => refused(await token({ cnf: { jkt: 'x' } }).sign(key)));

  it('refuses a token without an expiry', async () => {
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience(audience);
    await refused(await jwt.sign(key));
  });

  it('refuses a token without an audience', async () => {
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setExpirationTime('5m');
    await refused(await jwt.sign(key));
  });

  it('refuses alg "none"', async () => {
    await refused(new UnsecuredJWT(claims).setIssuer(issuer).setAudience(audience).setExpirationTime('5m').encode());
  });

  it('refuses a token signed with a swapped key under the same key id', async () => {
    const other = await generateKeyPair('RS256');
    await refused(await token().sign(other.privateKey));
  });

  it('refuses HS256 with the public key as the secret', async () => {
    const [head, body] = [
      { alg: 'HS256', kid: 'one' },
      { ...claims, iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 300 },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const signature = createHmac('sha256', publicPem).update(`${head}.${body}`).digest('base64url');
    await refused(`${head}.${body}.${signature}`);
  });

  it('refuses a changed payload', async () => {
    const [head, , signature] = (await token().sign(key)).split('.');
    const body = Buffer.from(
      JSON.stringify({ ...claims, sub: 'eve', iss: issuer, aud: audience, exp: 9_999_999_999 }),
    ).toString('base64url');
    await refused(`${head}.${body}.${signature}`);
  });

  it('refuses another kind of JWT', async () => {
    await refused(await token({}, '5m', 'logout+jwt').sign(key));
    expect((await verifier().verify(await token({}, '5m', 'at+jwt').sign(key))).extra?.subject).toBe('ada');
  });

  it.each(['', 'x', 'a.b.c', '....', `${'A'.repeat(9)}.e30.`, 'eyJhbGciOiJSUzI1NiJ9..'])(
    'refuses %j as malformed',
    refused,
  );

  it('allows for clocks that differ by the skew', async () => {
    const soon = await token({}, Math.floor(Date.now() / 1000) - 20).sign(key);
    const lenient = jwtVerifier({
      keys: { jwksUrl: `${keySet.url}/jwks` },
      issuer,
      audiences: [audience],
      clockSkewMs: 60_000,
    });
    expect((await lenient.verify(soon)).extra?.subject).toBe('ada');
  });

  it('reports a key set that does not answer as an outage, asks it no more for a moment, and recovers', async () => {
    let time = Date.now();
    const one = jwtVerifier({
      keys: { jwksUrl: `${keySet.url}/jwks` },
      issuer,
      audiences: [audience],
      now: () => time,
    });
    const jwt = await token().sign(key);
    down = true;
    const before = fetched;
    await expect(one.verify(jwt)).rejects.toThrow(AuthorizationServerUnavailableError);
    await expect(one.verify(jwt)).rejects.toThrow(AuthorizationServerUnavailableError);
    expect(fetched - before).toBe(1);
    down = false;
    time += 1_500;
    expect((await one.verify(jwt)).extra?.subject).toBe('ada');
  });
});

describe('a JWT verified with a shared secret', () => {
  const bytes = new TextEncoder().encode(secret);
  const hs = (alg = 'HS256') =>
    new SignJWT(claims).setProtectedHeader({ alg }).setIssuer(issuer).setAudience(audience).setExpirationTime('5m');
  const one = jwtVerifier({ keys: { secret }, issuer, audiences: [audience] });

  it('is accepted', async () => expect((await one.verify(await hs().sign(bytes))).extra?.subject).toBe('ada'));
  it('is refused with another secret', async () => {
    await expect(one.verify(await hs().sign(new TextEncoder().encode(`${secret}!`)))).rejects.toThrow(
      InvalidTokenError,
    );
  });
  it('is refused with another algorithm', async () => {
    await expect(one.verify(await token().sign(key))).rejects.toThrow('algorithm');
  });
  it('needs a secret of 32 bytes', () => {
    expect(() => jwtVerifier({ keys: { secret: 'short' }, issuer, audiences: [audience] })).toThrow(
      AuthConfigurationError,
    );
  });
  it('needs an audience', () => {
    expect(() => jwtVerifier({ keys: { secret }, issuer, audiences: [] })).toThrow('--jwt-audience');
  });
});
