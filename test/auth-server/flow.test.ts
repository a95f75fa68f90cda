import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../auth/helpers/browser.js';
import { CALLBACK, RawClient, use } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';
import type { Served } from '../auth/helpers/serve.js';

let host: Served;
let client: RawClient;

beforeAll(async () => {
  host = await serveDemo({ introspection: { id: 'calc', secret: 'sec&ret' } });
  client = await RawClient.register(host.url);
});
afterAll(() => host.close());

describe('discovery', () => {
  it('tells all endpoints, PKCE with S256 alone, and that clients may describe themselves', async () => {
    const metadata = await (await fetch(`${host.url}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).toMatchObject({
      issuer: host.url,
      authorization_endpoint: `${host.url}/authorize`,
      token_endpoint: `${host.url}/token`,
      registration_endpoint: `${host.url}/register`,
      revocation_endpoint: `${host.url}/revoke`,
      introspection_endpoint: `${host.url}/introspect`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      scopes_supported: ['mcp', 'admin'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });
});

describe('the authorization code flow', () => {
  it('ends with the code and the state at the client, and with tokens that work', async () => {
    const back = await new Browser().signIn(client.authorizationUrl());
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect(back.searchParams.get('state')).toBe('st&te');
    expect(back.searchParams.get('iss')).toBe(host.url);
    const answer = await client.exchange(back.searchParams.get('code') ?? '');
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 900, scope: 'mcp' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const used = await (await use(host.url, answer.body.access_token ?? '')).json();
    expect(used).toMatchObject({
      owner: `["${host.url}","ada-lovelace"]`,
      auth: { clientId: client.id, scopes: ['mcp'], resource: `${host.url}/mcp` },
    });
  });

  it('keeps the owner over a refresh, and gives the same person the same subject in any spelling', async () => {
    const owner = async (token: string) => ((await (await use(host.url, token)).json()) as { owner: string }).owner;
    const first = await client.tokens({}, 'Zoë  Quinn');
    const { body } = await client.refresh(first.refresh);
    const other = await (await RawClient.register(host.url)).tokens({}, 'zoë quinn');
    expect(
      new Set([await owner(first.access), await owner(body.access_token ?? ''), await owner(other.access)]).size,
    ).toBe(1);
    const bob = await client.tokens({}, 'Bob');
    expect(await owner(bob.access)).not.toBe(await owner(first.access));
  });

  it('works for a client with a secret, and not with a wrong one or none', async () => {
    const confidential = await RawClient.register(host.url, { token_endpoint_auth_method: 'client_secret_post' });
    const code = await confidential.code();
    expect((await confidential.exchange(code, { client_secret: 'wrong' })).body.error).toBe('invalid_client');
    expect(
      (await RawClient.withId(host.url, confidential.id).exchange(code, { code_verifier: confidential.verifier })).body
        .error,
    ).toBe('invalid_client');
    expect((await confidential.exchange(code)).status).toBe(200);
  });

  it('gives what is asked for: scopes within what there is, and the default where none is named', async () => {
    const both = await client.exchange(await client.code({ scope: 'mcp admin' }));
    expect(both.body.scope).toBe('mcp admin');
    expect((await client.refresh(both.body.refresh_token ?? '', { scope: 'mcp' })).body.scope).toBe('mcp');
    expect((await client.exchange(await client.code({ scope: undefined }))).body.scope).toBe('mcp');
    const back = await new Browser().send(client.authorizationUrl({ scope: 'root' }));
    expect(Object.fromEntries(new URL(Browser.target(back, host.url)).searchParams)).toMatchObject({
      error: 'invalid_scope',
      state: 'st&te',
      iss: host.url,
    });
  });

  it('tells the client when the person says no', async () => {
    const browser = new Browser();
    const { state, formUrl } = await browser.open(client.authorizationUrl());
    const back = new URL(Browser.target(await browser.submit(formUrl, { state, decision: 'deny' }), host.url));
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: 'st&te' });
    expect((await browser.submit(formUrl, { state, name: 'Ada', decision: 'allow' })).status).toBe(400);
  });

  it('ends a grant when its refresh token is revoked, and a token alone when it is the access token', async () => {
    const { access, refresh } = await client.tokens();
    expect((await client.revoke(access)).status).toBe(200);
    expect((await use(host.url, access)).status).toBe(401);
    const next = (await client.refresh(refresh)).body;
    expect((await use(host.url, next.access_token ?? '')).status).toBe(200);
    await client.revoke(next.refresh_token ?? '');
    expect((await use(host.url, next.access_token ?? '')).status).toBe(401);
    expect((await client.revoke('unknown')).status).toBe(200);
  });
});

describe('introspection', () => {
  const ask = (token: string, authorization?: string) =>
    fetch(`${host.url}/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: authorization === undefined ? {} : { authorization },
    });
  const basic = `Basic ${Buffer.from('calc:sec%26ret').toString('base64')}`;

  it('tells a resource server what a token is, and of a refresh token that it is no bearer token', async () => {
    const { access, refresh } = await client.tokens();
    expect(await (await ask(access, basic)).json()).toMatchObject({
      active: true,
      sub: 'ada-lovelace',
      username: 'Ada Lovelace',
      aud: `${host.url}/mcp`,
      iss: host.url,
      client_id: client.id,
      scope: 'mcp',
      token_type: 'Bearer',
    });
    expect(await (await ask(refresh, basic)).json()).toMatchObject({ token_type: 'refresh_token' });
    expect(await (await ask('unknown', basic)).json()).toEqual({ active: false });
  });

  it('answers nobody else', async () => {
    const { access } = await client.tokens();
    for (const authorization of [undefined, `Basic ${Buffer.from('calc:wrong').toString('base64')}`, 'Bearer x']) {
      expect((await ask(access, authorization)).status).toBe(401);
    }
  });
});
