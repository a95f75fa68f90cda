import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, addressesOf } from '../../src/auth/addresses.js';
import { AuthConfigurationError } from '../../src/auth/errors.js';
import { authorization } from '../../src/server/authorization.js';
import { memoryValueStore } from '../../src/sessions/memory/value-store.js';
import { RawClient, use } from '../auth/helpers/client.js';
import { serveHost } from '../auth/helpers/host.js';
import type { Served } from '../auth/helpers/serve.js';
import { testLogger } from '../auth/helpers/silent-logger.js';

let host: Served | undefined;
afterEach(() => host?.close());

async function served(...options: Parameters<typeof serveHost>): Promise<string> {
  host = await serveHost(...options);
  return host.url;
}

describe('authorization on the host', () => {
  it('of the mode demo goes from nothing to a token, through all guards of the host', async () => {
    const url = await served({ mode: 'demo', requiredScopes: [] }, { toolScopes: ['admin'] });
    const refused = await fetch(`${url}/mcp`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer scope="mcp", resource_metadata="${url}/.well-known/oauth-protected-resource/mcp"`,
    );
    const { access } = await (await RawClient.register(url)).tokens();
    expect(await (await use(url, access)).json()).toEqual({ subject: `["${url}","ada-lovelace"]` });
    const metadata = await (await fetch(`${url}/.well-known/oauth-protected-resource/mcp`)).json();
    expect(metadata).toMatchObject({ authorization_servers: [url], scopes_supported: ['mcp', 'admin'] });
  });

  it('is the same server under every name of the loopback', async () => {
    const url = await served({ mode: 'demo', requiredScopes: [] });
    const local = url.replace('127.0.0.1', 'localhost');
    expect((await fetch(`${local}/mcp`)).headers.get('www-authenticate')).toContain(
      `resource_metadata="${local}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(await (await fetch(`${local}/.well-known/oauth-protected-resource/mcp`)).json()).toMatchObject({
      resource: `${local}/mcp`,
    });
    const client = await RawClient.register(url);
    const { access } = await client.tokens({ resource: `${local}/mcp` });
    expect((await use(url, access)).status).toBe(200);
    expect(addressesOf('http://localhost:1/')).toEqual(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1']);
    expect(addressesOf('https://calc.example/')).toEqual(['https://calc.example']);
  });

  it('names the address that a client used, and never one that it made up', () => {
    const addresses = addressesOf('http://127.0.0.1:8');
    const named = (name: string) =>
      addressOf(addresses, { headers: { host: name } } as Parameters<typeof addressOf>[1]);
    expect([named('LOCALHOST:8'), named('[::1]:8'), named('evil.example:8')]).toEqual([
      'http://localhost:8',
      'http://[::1]:8',
      'http://127.0.0.1:8',
    ]);
  });

  it('of the mode jwt takes tokens for its own address where no audience is set', async () => {
    const secret = 'a shared secret of more than thirty-two bytes';
    const url = await served({
      mode: 'jwt',
      keys: { secret },
      issuer: 'https://as.example/',
      audiences: [],
      clockSkewMs: 0,
      requiredScopes: ['mcp'],
      authServer: 'https://as.example/',
    });
    const token = (audience: string) =>
      new SignJWT({ sub: 'ada', scope: 'mcp' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('https://as.example/')
        .setAudience(audience)
        .setExpirationTime('1m')
        .sign(new TextEncoder().encode(secret));
    expect((await use(url, await token(`${url}/mcp`))).status).toBe(200);
    expect((await use(url, await token('https://else.example/mcp'))).status).toBe(401);
    expect((await fetch(`${url}/authorize`)).status).toBe(404);
    expect(await (await fetch(`${url}/.well-known/oauth-protected-resource`)).json()).toMatchObject({
      authorization_servers: ['https://as.example/'],
      scopes_supported: ['mcp'],
    });
  });

  it('of the mode demo refuses at the start an address that can not be an issuer', async () => {
    const open = (baseUrl: string) =>
      authorization({
        settings: { mode: 'demo', requiredScopes: [] },
        baseUrl,
        store: memoryValueStore(),
        logger: testLogger(),
      });
    await expect(open('http://0.0.0.0:80')).rejects.toThrow(AuthConfigurationError);
    await expect(open('http://0.0.0.0:80')).rejects.toThrow('--base-uri');
    await expect(open('https://calc.example/path')).rejects.toThrow('must have no path');
    await expect(open('https://calc.example')).resolves.toBeDefined();
  });
});
