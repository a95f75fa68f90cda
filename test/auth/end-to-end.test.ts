import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client as NewestClient, StreamableHTTPClientTransport as NewestTransport } from '@modelcontextprotocol/client';
import type { OAuthClientProvider as NewestProvider } from '@modelcontextprotocol/client';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort, startRedis } from '../helpers/redis.js';
import type { RedisServer } from '../helpers/redis.js';
import { spawnsPerTest } from '../helpers/servers.js';
import { Browser } from './helpers/browser.js';
import { MemoryOAuthClient } from './helpers/oauth-client.js';
import { serve } from './helpers/serve.js';

const start = spawnsPerTest();
let redis: RedisServer | undefined;
afterAll(() => redis?.stop());

type Kind = typeof StreamableHTTPClientTransport | typeof SSEClientTransport;

/** Connects as a client does that knows nothing but the address: refused, signed in by `browser`, then let in. */
async function connectFromNothing(url: URL, Kind: Kind, person = 'Ada Lovelace') {
  const authProvider = new MemoryOAuthClient();
  const transport = () => new Kind(url, { authProvider });
  const first = transport();
  await expect(new Client({ name: 'test', version: '1' }).connect(first as Transport)).rejects.toThrow(
    UnauthorizedError,
  );
  const back = await new Browser().signIn(authProvider.authorizationUrl?.href ?? '', person);
  await first.finishAuth(back.searchParams.get('code') ?? '');
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport() as Transport);
  return { client, authProvider };
}

async function whoAmI(client: Client): Promise<unknown> {
  const { contents } = await client.readResource({ uri: 'request://current' });
  return JSON.parse((contents[0] as { text: string }).text);
}

const add = (client: Client) => client.callTool({ name: 'calculate', arguments: { a: 1, b: 2, op: 'add' } });

describe.each([
  ['/mcp', StreamableHTTPClientTransport],
  ['/sse', SSEClientTransport],
] as const)('the SDK client at %s', (path, Kind) => {
  it('gets from nothing into a server with --auth demo, and handlers see who it is', async () => {
    const server = await start(['http', '--sse', '--auth', 'demo']);
    const { client, authProvider } = await connectFromNothing(new URL(path, server.origin), Kind);
    expect((await add(client)).structuredContent).toMatchObject({ value: 3 });
    expect(JSON.stringify(await whoAmI(client))).toContain('ada-lovelace');

    // A token that is no good any more is refreshed on the way, and the session goes on: it is the person's.
    const { tokens } = authProvider.kept;
    await fetch(`${server.origin}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: authProvider.kept.client?.client_id ?? '',
        token: tokens?.access_token ?? '',
      }),
    });
    expect((await add(client)).structuredContent).toMatchObject({ value: 3 });
    expect(authProvider.kept.tokens?.access_token).not.toBe(tokens?.access_token);
    await client.close();
    expect(server.log.join('\n')).not.toContain(tokens?.access_token);
  });

  it('gets into a server that asks another process with --auth introspection', async () => {
    const credentials = { INTROSPECTION_CLIENT_ID: 'calc', INTROSPECTION_CLIENT_SECRET: 'a secret of both' };
    const issuer = await start(['auth-server'], credentials);
    const server = await start(
      ['http', '--sse', '--auth', 'introspection', '--introspection-url', `${issuer.origin}/introspect`],
      credentials,
    );
    const { client } = await connectFromNothing(new URL(path, server.origin), Kind, 'Grace Hopper');
    expect(JSON.stringify(await whoAmI(client))).toContain('grace-hopper');
    await client.close();

    await issuer.stop();
    const fresh = await fetch(`${server.origin}/mcp`, { method: 'POST', headers: { authorization: 'Bearer unseen' } });
    expect(fresh.status).toBe(503);
  });
});

describe('a tool that needs a scope of its own', () => {
  it('answers 403 with what to ask for, and runs once the person has allowed it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-calc-scoped-'));
    const index = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
    await writeFile(
      join(folder, 'scoped.mjs'),
      `import { defineCatalog, defineTool } from '${index}';
      const tool = (name, scopes) => defineTool({ name, title: name, description: name, inputSchema: { type: 'object' }, scopes, handler: () => ({ content: [{ type: 'text', text: name }] }) });
      export default defineCatalog({ tools: [tool('open'), tool('vault', ['vault:open'])] });`,
    );
    const server = await start(['http', '--auth', 'demo', '--server', join(folder, 'scoped.mjs')]);
    const authProvider = new MemoryOAuthClient() as NewestProvider & MemoryOAuthClient;
    // The first generation of the client refreshes its token instead, which can't widen it.
    const transport = () => new NewestTransport(new URL('/mcp', server.origin), { authProvider });
    const allow = async (waiting: NewestTransport) => {
      const { code = '', iss } = Object.fromEntries(
        (await new Browser().signIn(authProvider.authorizationUrl?.href ?? '')).searchParams,
      );
      await waiting.finishAuth(code, iss);
    };
    const first = transport();
    await expect(new NewestClient({ name: 'test', version: '1' }).connect(first)).rejects.toThrow();
    await allow(first);
    const client = new NewestClient({ name: 'test', version: '1' });
    const second = transport();
    await client.connect(second);
    expect(await client.callTool({ name: 'open' })).toMatchObject({ content: [{ text: 'open' }] });
    await expect(client.callTool({ name: 'vault' })).rejects.toThrow();
    expect(authProvider.authorizationUrl?.searchParams.get('scope')).toBe('mcp vault:open');
    await allow(second);
    expect(await client.callTool({ name: 'vault' })).toMatchObject({ content: [{ text: 'vault' }] });
    await client.close();
    await rm(folder, { recursive: true });
  });
});

describe('a server with --auth jwt', () => {
  it('lets in whom a key of the key set vouches for, and nobody else', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one' };
    const keySet = await serve((_req, res) =>
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
    );
    const server = await start([
      'http',
      '--auth',
      'jwt',
      '--jwt-jwks-url',
      `${keySet.url}/jwks`,
      '--jwt-issuer',
      'https://as.example/',
    ]);
    const token = (audience: string) =>
      new SignJWT({ sub: 'ada' })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer('https://as.example/')
        .setAudience(audience)
        .setExpirationTime('1m')
        .sign(privateKey);
    const connect = async (audience: string) => {
      const client = new Client({ name: 'test', version: '1' });
      const requestInit = { headers: { authorization: `Bearer ${await token(audience)}` } };
      await client.connect(
        new StreamableHTTPClientTransport(new URL('/mcp', server.origin), { requestInit }) as Transport,
      );
      return client;
    };
    const client = await connect(`${server.origin}/mcp`);
    expect((await add(client)).structuredContent).toMatchObject({ value: 3 });
    await client.close();
    await expect(connect('https://else.example/mcp')).rejects.toThrow();
    await keySet.close();
  });
});

describe('two processes on one Redis, behind one address', () => {
  it('finish each other’s flows and take each other’s tokens', async () => {
    redis = await startRedis();
    const baseUri = `http://127.0.0.1:${await freePort()}`;
    const nodes = [
      await start(['http', '--auth', 'demo', '--redis', redis.url, '--base-uri', baseUri]),
      await start(['http', '--auth', 'demo', '--redis', redis.url, '--base-uri', baseUri]),
    ];
    const [one = '', other = ''] = nodes.map(({ origin }) => origin);
    let turn = 0;
    // Stands in for the load balancer: each request goes to the other node than the one before.
    const balanced: typeof fetch = (input, init) => {
      turn += 1;
      return fetch(String(input instanceof Request ? input.url : input).replace(baseUri, turn % 2 ? one : other), init);
    };
    const authProvider = new MemoryOAuthClient();
    const transport = () =>
      new StreamableHTTPClientTransport(new URL('/mcp', baseUri), { authProvider, fetch: balanced });
    const first = transport();
    await expect(new Client({ name: 'test', version: '1' }).connect(first as Transport)).rejects.toThrow(
      UnauthorizedError,
    );
    const back = await new Browser().signIn(authProvider.authorizationUrl?.href ?? '', 'Ada', [one, other]);
    await first.finishAuth(back.searchParams.get('code') ?? '');
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport() as Transport);
    for (let call = 0; call < 4; call += 1) expect((await add(client)).structuredContent).toMatchObject({ value: 3 });
    await client.close();
    expect(nodes.flatMap(({ log }) => log).filter((line) => /"level":"error"/.test(line))).toEqual([]);
  });
});
