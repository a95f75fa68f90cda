import { afterAll, beforeAll, expect, it } from 'vitest';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { frontOf, json } from './front.js';
import { findings } from './machine.js';

let server: McpServer;

beforeAll(async () => {
  server = await startMcpServer();
});

afterAll(() => server.close());

const RESOURCE_PATH = '/.well-known/oauth-protected-resource/mcp';
const SERVER_PATH = '/.well-known/oauth-authorization-server';

type Document = Record<string, unknown>;

interface Guarded {
  /** What WWW-Authenticate says; null for no such header. */
  challenge?(origin: string): string | null;
  resource?(origin: string): Document | undefined;
  authorizationServer?(origin: string): Document | undefined;
}

const challenge = (origin: string) => `Bearer resource_metadata="${origin}${RESOURCE_PATH}"`;
const resource = (origin: string) => ({ resource: `${origin}/mcp`, authorization_servers: [origin] });
const authorizationServer = (origin: string) => ({
  issuer: origin,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  registration_endpoint: `${origin}/register`,
  code_challenge_methods_supported: ['S256'],
});

/** What is found at a server behind a guard, which is faultless but for what is given. */
async function found(faults: Guarded = {}): Promise<string[]> {
  const parts = { challenge, resource, authorizationServer, ...faults };
  const origin = await frontOf(server.origin, {
    answer(req, res, own) {
      const document =
        req.url === RESOURCE_PATH
          ? parts.resource(own)
          : req.url === SERVER_PATH
            ? parts.authorizationServer(own)
            : undefined;
      if (document !== undefined) return json(res, 200, document);
      if (req.url !== '/mcp') return json(res, 404, {});
      const said = parts.challenge(own);
      return json(res, 401, {}, said === null ? {} : { 'www-authenticate': said });
    },
  });
  const lines = await findings('remote-auth', {
    url: new URL(`${origin}/mcp`),
    headers: { authorization: 'Bearer secret' },
  });
  return lines.map((line) => line.replaceAll(origin, 'ORIGIN'));
}

const FOR_THIS = 'ok: the metadata is for this very address';

it('a server that asks for no token and publishes nothing is open', async () => {
  expect(await findings('remote-auth', { url: new URL(server.url) })).toEqual([
    expect.stringMatching(/^info: open to all/),
  ]);
});

it('a guarded server with consistent metadata is well', async () => {
  expect(await found()).toEqual([
    FOR_THIS,
    'ok: the authorization server ORIGIN is reachable, and has what clients need',
  ]);
});

it('metadata is found at its well-known path, too', async () => {
  expect(await found({ challenge: () => 'Bearer' })).toContain(FOR_THIS);
});

it.each([
  ['no challenge in the 401', { challenge: () => null }, 'failure: the 401 carries no WWW-Authenticate header'],
  [
    'no metadata anywhere',
    { challenge: () => 'Bearer', resource: () => undefined },
    /^failure: it wants a token, but tells nobody where to get one/,
  ],
  [
    'metadata that is not where the challenge says',
    { challenge: (origin) => `Bearer resource_metadata="${origin}/nowhere"` },
    /no metadata at ORIGIN\/nowhere$/,
  ],
  [
    'metadata of another address',
    { resource: (origin) => ({ ...resource(origin), resource: 'http://localhost:3000/mcp' }) },
    'failure: the metadata is for http://localhost:3000/mcp, not for ORIGIN/mcp: clients refuse it',
  ],
  [
    'metadata of a parent',
    { resource: (origin) => ({ ...resource(origin), resource: origin }) },
    'warning: the metadata is for ORIGIN, a parent of ORIGIN/mcp: strict clients refuse it',
  ],
  [
    'metadata without a resource',
    { resource: (origin) => ({ authorization_servers: [origin] }) },
    /^failure: .* names no "resource"/,
  ],
  [
    'no authorization server',
    { resource: (origin) => ({ resource: `${origin}/mcp` }) },
    'failure: the metadata names no authorization server',
  ],
  [
    'an authorization server that tells nothing',
    { authorizationServer: () => undefined },
    'failure: the authorization server ORIGIN publishes no metadata',
  ],
  [
    'an authorization server without TLS',
    { resource: (origin) => ({ ...resource(origin), authorization_servers: ['http://auth.example.com'] }) },
    'failure: the authorization server http://auth.example.com is not at https://',
  ],
  [
    'another issuer',
    { authorizationServer: (origin) => ({ ...authorizationServer(origin), issuer: 'https://other.example' }) },
    'failure: the metadata of ORIGIN calls its issuer https://other.example',
  ],
  [
    'no PKCE',
    {
      authorizationServer: (origin) => ({
        ...authorizationServer(origin),
        code_challenge_methods_supported: ['plain'],
      }),
    },
    /^failure: ORIGIN does not say that it knows PKCE with S256/,
  ],
  [
    'no token endpoint',
    { authorizationServer: (origin) => ({ ...authorizationServer(origin), token_endpoint: undefined }) },
    'failure: the metadata of ORIGIN lacks token_endpoint',
  ],
  [
    'no registration',
    { authorizationServer: (origin) => ({ ...authorizationServer(origin), registration_endpoint: undefined }) },
    'warning: ORIGIN registers no clients by itself',
  ],
] satisfies [string, Guarded, string | RegExp][])('%s is found', async (_what, faults, expected) => {
  expect(await found(faults)).toContainEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
});

it('metadata beside an endpoint that answers without a token is a warning', async () => {
  const origin = await frontOf(server.origin, {
    answer: (req, res, own) =>
      req.url === RESOURCE_PATH
        ? json(res, 200, resource(own))
        : req.url === SERVER_PATH && json(res, 200, authorizationServer(own)),
  });
  expect(await findings('remote-auth', { url: new URL(`${origin}/mcp`) })).toContain(
    'warning: it publishes metadata, but answers without a token',
  );
});
