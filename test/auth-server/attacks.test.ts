import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValueStore } from '../../src/sessions/contract.js';
import { memoryValueStore } from '../../src/sessions/memory/value-store.js';
import { Browser } from '../auth/helpers/browser.js';
import { CALLBACK, RawClient, use } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';
import { serve } from '../auth/helpers/serve.js';
import type { Served } from '../auth/helpers/serve.js';

let host: Served;
let client: RawClient;
let time = Date.now();
const written: string[] = [];

/** A store that also keeps all that was ever written. */
function watched(): ValueStore {
  const store = memoryValueStore({ clock: () => time });
  return {
    ...store,
    put: (key, value, ttl) => (written.push(key + JSON.stringify(value)), store.put(key, value, ttl)),
  };
}

beforeAll(async () => {
  host = await serveDemo({ store: watched(), now: () => time });
  client = await RawClient.register(host.url);
});
afterAll(() => host.close());

describe('a code', () => {
  it('used twice is refused, and takes back what it gave', async () => {
    const code = await client.code();
    const { body } = await client.exchange(code);
    expect((await use(host.url, body.access_token ?? '')).status).toBe(200);
    time += 300_000;
    expect((await client.exchange(code)).body.error).toBe('invalid_grant');
    expect((await use(host.url, body.access_token ?? '')).status).toBe(401);
    expect((await client.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  it('used many times at once gives tokens that work at most until the second use is seen', async () => {
    const code = await client.code();
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.exchange(code)));
    const got = answers.filter(({ status }) => status === 200);
    expect(got.length).toBeLessThanOrEqual(1);
    for (const { body } of got) expect((await use(host.url, body.access_token ?? '')).status).toBe(401);
  });

  it('needs its verifier, its client, its redirect URI and its resource', async () => {
    const code = await client.code();
    const other = await RawClient.register(host.url);
    expect((await client.exchange(code, { code_verifier: 'x'.repeat(43) })).body.error).toBe('invalid_grant');
    expect((await client.exchange(code, { code_verifier: undefined })).body.error).toBe('invalid_request');
    expect((await other.exchange(code, { code_verifier: client.verifier })).body.error).toBe('invalid_grant');
    expect((await client.exchange(code, { redirect_uri: `${CALLBACK}/` })).body.error).toBe('invalid_grant');
    expect((await client.exchange(code, { resource: 'https://else.example/mcp' })).body.error).toBe('invalid_target');
    expect((await client.exchange(code)).status).toBe(200);
  });

  it('lives for a minute', async () => {
    const code = await client.code();
    time += 61_000;
    expect((await client.exchange(code)).body.error).toBe('invalid_grant');
  });
});

describe('a token', () => {
  it('expires', async () => {
    const { access, refresh } = await client.tokens();
    time += 901_000;
    expect((await use(host.url, access)).status).toBe(401);
    expect((await client.refresh(refresh)).status).toBe(200);
  });

  it('for refreshing ends the whole grant when it is used twice', async () => {
    const { refresh } = await client.tokens();
    const { body } = await client.refresh(refresh);
    expect((await client.refresh(refresh)).body.error).toBe('invalid_grant');
    expect((await use(host.url, body.access_token ?? '')).status).toBe(401);
    expect((await client.refresh(body.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  it('for refreshing is of no use to another client, to widen scopes, or as a bearer token', async () => {
    const { refresh } = await client.tokens();
    const other = await RawClient.register(host.url);
    expect((await other.refresh(refresh)).body.error).toBe('invalid_grant');
    await other.revoke(refresh);
    expect((await client.refresh(refresh, { scope: 'mcp admin' })).body.error).toBe('invalid_scope');
    expect((await client.refresh(refresh, { resource: 'https://else.example/' })).body.error).toBe('invalid_target');
    expect((await use(host.url, refresh)).status).toBe(401);
    expect((await client.refresh(refresh)).status).toBe(200);
  });

  it('for another resource is not given, nor accepted', async () => {
    const back = new URL(
      Browser.target(
        await new Browser().send(client.authorizationUrl({ resource: 'https://else.example/mcp' })),
        host.url,
      ),
    );
    expect(back.searchParams.get('error')).toBe('invalid_target');
    const shared = memoryValueStore();
    const [mine, theirs] = [await serveDemo({ store: shared }), await serveDemo({ store: shared })];
    const { access } = await (await RawClient.register(mine.url)).tokens();
    expect([(await use(mine.url, access)).status, (await use(theirs.url, access)).status]).toEqual([200, 401]);
    await Promise.all([mine.close(), theirs.close()]);
  });

  it('is stored as a hash alone, and so are codes and client secrets', async () => {
    const confidential = await RawClient.register(host.url, { token_endpoint_auth_method: 'client_secret_post' });
    const code = await confidential.code();
    const { body } = await confidential.exchange(code);
    const secrets = [code, body.access_token ?? '', body.refresh_token ?? ''].map((text) => text.split('.')[1] ?? text);
    for (const secret of [...secrets, confidential.secret ?? '']) {
      expect(secret.length).toBeGreaterThanOrEqual(43);
      expect(written.some((text) => text.includes(secret))).toBe(false);
    }
  });
});

describe('the authorization endpoint', () => {
  const errorOf = async (change: Record<string, string | undefined>) => {
    const answer = await new Browser().send(client.authorizationUrl(change));
    return { status: answer.status, location: answer.headers.get('location') };
  };

  it.each([
    'http://localhost:7777/callbacK',
    'http://localhost:7777/callback/',
    'http://localhost:7777/callback?',
    'http://localhost:7778/callback',
    'http://127.0.0.1:7777/callback',
    'https://localhost:7777/callback',
    'http://localhost:7777/callback#x',
    'https://evil.example/callback',
    'http://localhost:7777@evil.example/callback',
    'javascript:alert(1)',
    '//evil.example',
    '',
  ])('redirects nowhere for the redirect_uri %j', async (redirect_uri) => {
    expect(await errorOf({ redirect_uri })).toEqual({ status: 400, location: null });
    expect(await errorOf({ redirect_uri, code_challenge_method: 'plain' })).toEqual({ status: 400, location: null });
  });

  it('redirects nowhere for an unknown client', async () => {
    expect(await errorOf({ client_id: 'unknown' })).toEqual({ status: 400, location: null });
    expect(await errorOf({ client_id: '{x}/grant' })).toEqual({ status: 400, location: null });
  });

  it.each([
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { code_challenge: undefined },
    { code_challenge: '' },
    { code_challenge: 'x'.repeat(42) },
    { code_challenge: 'x'.repeat(44) },
    { code_challenge: `${'x'.repeat(42)}=` },
    { response_type: 'token' },
  ])('tells the client that %j is no request', async (change) => {
    const { status, location } = await errorOf(change);
    expect(status).toBe(302);
    expect(location).toMatch(/^http:\/\/localhost:7777\/callback\?error=invalid_request/);
    const { searchParams } = new URL(String(location));
    expect([searchParams.get('state'), searchParams.get('iss')]).toEqual(['st&te', host.url]);
  });

  it('is not for forms, and reads no parameter twice', async () => {
    expect((await fetch(`${host.url}/authorize`, { method: 'POST', body: new URLSearchParams() })).status).toBe(405);
    expect(
      (await new Browser().send(`${client.authorizationUrl()}&redirect_uri=https://evil.example/`)).headers.get(
        'location',
      ),
    ).toBeNull();
  });
});

describe('the login', () => {
  it('goes on only in the browser in which it began', async () => {
    const victim = new Browser();
    const attacker = new Browser();
    const { state, formUrl } = await attacker.open(client.authorizationUrl());
    expect((await victim.send(formUrl)).status).toBe(400);
    expect((await victim.submit(formUrl, { state, name: 'Eve', decision: 'allow' })).status).toBe(400);
    const answered = Browser.target(
      await attacker.submit(formUrl, { state, name: 'Eve', decision: 'allow' }),
      host.url,
    );
    expect((await victim.send(answered)).headers.get('location')).toBeNull();
  });

  it('gives one code for one decision, and takes no answer of another flow', async () => {
    const browser = new Browser();
    const [one, two] = [await browser.open(client.authorizationUrl()), await browser.open(client.authorizationUrl())];
    const answered = new URL(
      Browser.target(await browser.submit(one.formUrl, { state: one.state, name: 'Ada', decision: 'allow' }), host.url),
    );
    const crossed = new URL(answered);
    crossed.searchParams.set('state', two.state);
    expect((await browser.send(crossed.href)).status).toBe(400);
    const again = new URL(
      Browser.target(await browser.submit(one.formUrl, { state: one.state, name: 'Ada', decision: 'allow' }), host.url),
    );
    expect((await browser.send(again.href)).status).toBe(302);
    expect((await browser.send(again.href)).status).toBe(400);
  });

  it.each(['', ' ', '<script>', 'a'.repeat(65), '\u0000', '../x', '"'])('takes no name like %j', async (name) => {
    const browser = new Browser();
    const { state, formUrl } = await browser.open(client.authorizationUrl());
    const answer = await browser.submit(formUrl, { state, name, decision: 'allow' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('role="alert"');
  });

  it('shows what a client calls itself as text', async () => {
    const evil = await RawClient.register(host.url, { client_name: '"><img src=x onerror=alert(1)>' });
    const { page } = await new Browser().open(evil.authorizationUrl());
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img');
  });

  it('may be framed by nobody, and runs nothing but its own file', async () => {
    const browser = new Browser();
    const { formUrl } = await browser.open(client.authorizationUrl());
    const { headers } = await browser.send(formUrl);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w-]{22}'; style-src 'nonce-[\w-]{22}'; img-src 'self'; base-uri 'none'; form-action 'self' http:\/\/localhost:7777; frame-ancestors 'none'$/,
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await browser.send(formUrl)).headers.get('content-security-policy')).not.toBe(policy);
  });
});

describe('registration', () => {
  it.each([
    [{ redirect_uris: [] }],
    [{ redirect_uris: ['http://app.example/cb'] }],
    [{ redirect_uris: ['https://app.example/#x'] }],
    [{ redirect_uris: Array.from({ length: 21 }, (_, index) => `https://app.example/${index}`) }],
    [{ client_name: 'x'.repeat(101) }],
    [{ redirect_uris: 'https://app.example/' }],
  ])('refuses %j', async (metadata) => {
    const answer = await RawClient.tryRegister(host.url, metadata);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: 'invalid_client_metadata' });
  });

  it('answers what is no JSON, or too much of it, without a word of its insides', async () => {
    for (const [body, status] of [
      ['{', 400],
      [JSON.stringify({ client_name: 'x'.repeat(200_000) }), 413],
    ] as const) {
      const answer = await fetch(`${host.url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toEqual({
        error: 'invalid_request',
        error_description: 'The request could not be read',
      });
    }
  });

  it('lets a client be its metadata document, whose redirect URIs are held as strictly', async () => {
    const documents = await serve((req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(
        JSON.stringify({
          client_id: `${documents.url}${req.url}`,
          client_name: 'Self-described',
          redirect_uris: ['http://localhost/callback'],
        }),
      );
    });
    const described = RawClient.withId(host.url, `${documents.url}/client.json`);
    const { page } = await new Browser().open(described.authorizationUrl());
    expect(page).toContain('Self-described');
    const code = await described.code();
    expect((await described.exchange(code)).status).toBe(200);
    expect(
      (await new Browser().send(described.authorizationUrl({ redirect_uri: 'http://localhost:1/other' }))).status,
    ).toBe(400);
    await documents.close();
  });
});
