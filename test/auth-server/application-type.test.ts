import { auth, validateAuthorizationResponseIssuer } from '@modelcontextprotocol/client';
import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../auth/helpers/browser.js';
import { RawClient } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';
import { MemoryOAuthClient } from '../auth/helpers/oauth-client.js';
import { serve } from '../auth/helpers/serve.js';
import type { Served } from '../auth/helpers/serve.js';
import { memoryValueStore } from '../../src/sessions/memory/value-store.js';

let host: Served;
const store = memoryValueStore();

beforeAll(async () => {
  host = await serveDemo({ store });
});
afterAll(() => host.close());

const WEB = 'https://app.example/callback';
const LOOPBACK = 'http://127.0.0.1/callback';
const SCHEME = 'cursor://callback';

describe('the application_type of a client', () => {
  it.each([
    ['native', [LOOPBACK]],
    ['native', [SCHEME, 'http://localhost:7777/callback']],
    // An editor with a page of its own names both, and the newest SDK calls it native.
    ['native', [LOOPBACK, WEB]],
    ['web', [WEB]],
    ['web', [WEB, LOOPBACK]],
  ])('is kept: %s with %j', async (type, uris) => {
    const answer = await RawClient.tryRegister(host.url, { redirect_uris: uris, application_type: type });
    const client = (await answer.json()) as { client_id: string; application_type?: string };
    expect([answer.status, client.application_type]).toEqual([201, type]);
    expect(await store.read(`client/${client.client_id}`)).toMatchObject([{ application_type: type }]);
  });

  it.each([
    ['web', [WEB, SCHEME]],
    ['web', ['com.example.app:/callback']],
    ['service', [WEB]],
    ['', [WEB]],
    [7, [WEB]],
    [null, [WEB]],
  ])('is refused: %j with %j', async (type, uris) => {
    const answer = await RawClient.tryRegister(host.url, { redirect_uris: uris, application_type: type });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: 'invalid_client_metadata' });
  });

  it('may be left out, and is then not made up', async () => {
    const answer = await RawClient.tryRegister(host.url, { redirect_uris: [SCHEME] });
    expect(answer.status).toBe(201);
    expect(await answer.json()).not.toHaveProperty('application_type');
  });

  it('is held alike in a client metadata document', async () => {
    const documents = await serve((req, res) => {
      const { pathname, searchParams } = new URL(req.url ?? '/', documents.url);
      res.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          client_id: documents.url + pathname + `?${searchParams.toString()}`,
          redirect_uris: [searchParams.get('to')],
          application_type: searchParams.get('type'),
        }),
      );
    });
    const begin = (type: string, to: string) => {
      const id = `${documents.url}/client?${new URLSearchParams({ type, to }).toString()}`;
      return new Browser().send(RawClient.withId(host.url, id).authorizationUrl({ redirect_uri: to }));
    };
    expect((await begin('native', SCHEME)).status).toBe(302);
    expect((await begin('web', SCHEME)).status).toBe(400);
    expect((await begin('other', WEB)).status).toBe(400);
    await documents.close();
  });
});

describe('the newest SDK’s client', () => {
  const provide = (more: object = {}) =>
    Object.assign(new MemoryOAuthClient(), more) as MemoryOAuthClient & OAuthClientProvider;
  const serverUrl = () => `${host.url}/mcp`;

  it('says what kind of application it is, and finds that kept', async () => {
    const provider = provide();
    expect(await auth(provider, { serverUrl: serverUrl() })).toBe('REDIRECT');
    expect(provider.kept.client).toMatchObject({ application_type: 'native' });
  });

  it('goes by its metadata document, and registers nothing', async () => {
    const clientMetadataUrl = 'https://client.example/metadata.json';
    const provider = provide({ clientMetadataUrl });
    expect(await auth(provider, { serverUrl: serverUrl() })).toBe('REDIRECT');
    expect(provider.kept.client).toMatchObject({ client_id: clientMetadataUrl });
    expect(provider.authorizationUrl?.searchParams.get('client_id')).toBe(clientMetadataUrl);
  });

  it('can tell from a refusal, and from an answer, whose it is', async () => {
    const provider = provide();
    await auth(provider, { serverUrl: serverUrl() });
    const begun = provider.authorizationUrl?.href ?? '';
    const browser = new Browser();
    const { state, formUrl } = await browser.open(begun);
    const denied = await browser.submit(formUrl, { state, decision: 'deny' });
    const back = new URL(Browser.target(denied, formUrl));
    expect(back.searchParams.get('error')).toBe('access_denied');
    const wrong = new URL(begun);
    wrong.searchParams.set('code_challenge_method', 'plain');
    const refused = new URL(Browser.target(await browser.send(wrong.href), begun));
    expect(refused.searchParams.get('error')).toBe('invalid_request');
    const allowed = await new Browser().signIn(begun);
    expect(allowed.searchParams.has('code')).toBe(true);
    const iss = ({ searchParams }: URL) => searchParams.get('iss') ?? undefined;
    for (const answer of [back, refused, allowed]) {
      const given = { iss: iss(answer), issParameterSupported: true };
      expect(() => validateAuthorizationResponseIssuer({ ...given, expectedIssuer: host.url })).not.toThrow();
      expect(() => validateAuthorizationResponseIssuer({ ...given, expectedIssuer: 'https://o.example' })).toThrow();
    }
  });
});
