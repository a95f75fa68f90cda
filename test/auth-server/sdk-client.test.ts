import { auth as newestAuth } from '@modelcontextprotocol/client';
import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import { auth, extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { introspectionVerifier } from '../../src/auth/introspection.js';
import type { Storage } from '../../src/sessions/contract.js';
import { openRedisStorage } from '../../src/sessions/redis/index.js';
import { DEFAULTS } from '../contract/subject.js';
import { startRedis } from '../helpers/redis.js';
import type { RedisServer } from '../helpers/redis.js';
import { Browser } from '../auth/helpers/browser.js';
import { RawClient, use } from '../auth/helpers/client.js';
import { serveDemo } from '../auth/helpers/demo-app.js';
import { MemoryOAuthClient } from '../auth/helpers/oauth-client.js';
import type { Served } from '../auth/helpers/serve.js';

let redis: RedisServer;
let nodes: Storage[];
let one: Served;
let other: Served;

/** Two nodes behind one name, which is the first one's address. */
beforeAll(async () => {
  redis = await startRedis();
  nodes = await Promise.all([0, 1].map(() => openRedisStorage({ ...DEFAULTS, url: redis.url })));
  const [here, there] = nodes.map(({ values }) => values);
  one = await serveDemo({ store: here, introspection: { id: 'calc', secret: 'secret' } });
  other = await serveDemo({ store: there, baseUrl: one.url });
});
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await Promise.all(nodes.map((node) => node.close()));
  await redis.stop();
});

describe('the SDK client', () => {
  it('gets from nothing to a token that works, refreshes it, and starts anew when it is revoked', async () => {
    const provider = new MemoryOAuthClient();
    const serverUrl = `${one.url}/mcp`;
    const refused = await fetch(serverUrl);
    expect(refused.status).toBe(401);
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(refused);
    expect(await auth(provider, { serverUrl, resourceMetadataUrl, scope })).toBe('REDIRECT');

    const back = await new Browser().signIn(provider.authorizationUrl?.href ?? '');
    expect(back.searchParams.get('state')).toBe('state-of-the-client');
    const authorizationCode = back.searchParams.get('code') ?? '';
    expect(await auth(provider, { serverUrl, resourceMetadataUrl, scope, authorizationCode })).toBe('AUTHORIZED');
    const first = provider.kept.tokens;
    expect((await use(one.url, first?.access_token ?? '')).status).toBe(200);

    expect(await auth(provider, { serverUrl, resourceMetadataUrl, scope })).toBe('AUTHORIZED');
    const second = provider.kept.tokens;
    expect(second?.access_token).not.toBe(first?.access_token);
    expect((await use(one.url, second?.access_token ?? '')).status).toBe(200);

    const revoked = new URLSearchParams({
      client_id: provider.kept.client?.client_id ?? '',
      token: second?.refresh_token ?? '',
    });
    expect((await fetch(`${one.url}/revoke`, { method: 'POST', body: revoked })).status).toBe(200);
    expect((await use(one.url, second?.access_token ?? '')).status).toBe(401);
    expect(await auth(provider, { serverUrl, resourceMetadataUrl, scope })).toBe('REDIRECT');
  });

  it('finds its way to the legacy endpoint as well', async () => {
    const provider = new MemoryOAuthClient();
    expect(await auth(provider, { serverUrl: `${one.url}/sse` })).toBe('REDIRECT');
    expect(provider.authorizationUrl?.searchParams.get('resource')).toBe(`${one.url}/sse`);
    const back = await new Browser().signIn(provider.authorizationUrl?.href ?? '');
    await auth(provider, { serverUrl: `${one.url}/sse`, authorizationCode: back.searchParams.get('code') ?? '' });
    expect((await use(one.url, provider.kept.tokens?.access_token ?? '')).status).toBe(200);
  });
});

describe('the client of the SDK’s second generation', () => {
  it('finds the same issuer wherever it looks, and gets a token', async () => {
    const provider = new MemoryOAuthClient() as OAuthClientProvider & MemoryOAuthClient;
    const serverUrl = `${one.url}/mcp`;
    expect(await newestAuth(provider, { serverUrl })).toBe('REDIRECT');
    const back = await new Browser().signIn(provider.authorizationUrl?.href ?? '');
    const { code, iss } = Object.fromEntries(back.searchParams);
    expect(await newestAuth(provider, { serverUrl, authorizationCode: code ?? '', iss: iss ?? '' })).toBe('AUTHORIZED');
    expect((await use(one.url, provider.kept.tokens?.access_token ?? '')).status).toBe(200);
  });
});

describe('two nodes on one Redis', () => {
  it('take turns in one flow: every step on another node than the one before', async () => {
    const client = await RawClient.register(one.url);
    const back = await new Browser().signIn(client.authorizationUrl(), 'Grace Hopper', [one.url, other.url]);
    const exchanged = await client.exchange(back.searchParams.get('code') ?? '', {}, other.url);
    expect(exchanged.status).toBe(200);
    const refreshed = await client.refresh(exchanged.body.refresh_token ?? '', {}, one.url);
    for (const node of [one, other]) {
      const used = await use(node.url, refreshed.body.access_token ?? '');
      expect(await used.json()).toMatchObject({ owner: `["${one.url}","grace-hopper"]` });
    }
    expect((await client.refresh(exchanged.body.refresh_token ?? '', {}, other.url)).body.error).toBe('invalid_grant');
    expect((await use(one.url, refreshed.body.access_token ?? '')).status).toBe(401);
  });

  it('let a code through once, however it is raced', async () => {
    const client = await RawClient.register(one.url);
    const code = await client.code();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => client.exchange(code, {}, index % 2 ? one.url : other.url)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });
});

describe('a resource server that introspects', () => {
  it('sees the same caller, and refuses what is not for it', async () => {
    const ask = { url: `${one.url}/introspect`, clientId: 'calc', clientSecret: 'secret' };
    const { access, refresh } = await (await RawClient.register(one.url)).tokens();
    const ours = introspectionVerifier({ ...ask, audiences: [`${one.url}/mcp`] });
    expect((await ours.verify(access)).extra).toEqual({
      issuer: one.url,
      subject: 'ada-lovelace',
      claims: expect.objectContaining({ iss: one.url, sub: 'ada-lovelace', scope: 'mcp' }) as object,
    });
    await expect(ours.verify(refresh)).rejects.toThrow('not a bearer token');
    await expect(
      introspectionVerifier({ ...ask, audiences: ['https://else.example/mcp'] }).verify(access),
    ).rejects.toThrow('another audience');
  });
});
