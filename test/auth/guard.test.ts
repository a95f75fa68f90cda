import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuthorizationServerUnavailableError } from '../../src/auth/errors.js';
import { bearerGuard } from '../../src/auth/guard.js';
import type { AuthenticatedRequest, BearerGuard } from '../../src/auth/guard.js';
import { callerOf, missingScopes, ownerOf } from '../../src/auth/ownership.js';
import { protectedResourceMetadata, resourcesOf } from '../../src/auth/protected-resource.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';
import { serve } from './helpers/serve.js';
import type { Served } from './helpers/serve.js';
import { testLogger } from './helpers/silent-logger.js';

const baseUrl = 'https://calc.example';
const metadata = `${baseUrl}/.well-known/oauth-protected-resource`;
const reasons: string[] = [];
const verified: string[] = [];
let host: Served;
let guard: BearerGuard;

beforeAll(async () => {
  guard = bearerGuard({
    baseUrl,
    requiredScopes: ['mcp'],
    logger: testLogger(),
    verifier: {
      async verify(token) {
        verified.push(token);
        if (token === 'as-down') throw new AuthorizationServerUnavailableError();
        if (token === 'store-down') throw new StoreUnavailableError();
        if (token === 'bad') throw new InvalidTokenError('quote " and\r\nline');
        return {
          token,
          clientId: 'c',
          scopes: token === 'poor' ? ['other'] : ['mcp', 'other'],
          extra: { issuer: 'i', subject: 's' },
        };
      },
    },
  });
  const documents = protectedResourceMetadata({
    baseUrl,
    authorizationServers: ['https://as.example/'],
    scopes: ['mcp'],
    name: 'calc',
  });
  host = await serve(
    (req: AuthenticatedRequest, res) =>
      void (async () => {
        if (documents(req, res)) return;
        const passed = await guard.authenticate(req, res);
        if (req.refusal !== undefined) reasons.push(req.refusal);
        if (!passed) return;
        if (req.url?.startsWith('/admin')) guard.insufficientScope(req, res, ['admin']);
        else res.end(JSON.stringify({ owner: ownerOf(req.auth), caller: callerOf(req.auth) }));
      })(),
  );
});
beforeEach(() => {
  reasons.length = 0;
  verified.length = 0;
});
afterAll(() => host.close());

const ask = (path: string, authorization?: string) =>
  fetch(host.url + path, { headers: authorization === undefined ? {} : { authorization } });

describe('the bearer guard', () => {
  it('lets a valid token through and tells owner and caller', async () => {
    const answer = await ask('/mcp', 'bearer good');
    expect(await answer.json()).toEqual({
      owner: '["i","s"]',
      caller: { issuer: 'i', subject: 's', clientId: 'c', scopes: ['mcp', 'other'], claims: {} },
    });
    expect(reasons).toEqual([]);
  });

  it.each([undefined, 'Basic dTpw', 'good'])(
    'challenges a request with %j as Authorization, without naming an error',
    async (authorization) => {
      const answer = await ask('/mcp', authorization);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(`Bearer scope="mcp", resource_metadata="${metadata}/mcp"`);
      expect(await answer.json()).toMatchObject({ error: 'invalid_token' });
      expect(reasons).toEqual(['token_missing']);
    },
  );

  it('points the legacy endpoints at their own metadata', async () => {
    for (const path of ['/sse', '/messages?sessionId=x', '/message']) {
      expect((await ask(path)).headers.get('www-authenticate')).toContain(`"${metadata}/sse"`);
    }
  });

  it('refuses a bad token with invalid_token, in a header that can not be broken out of', async () => {
    const answer = await ask('/mcp', 'Bearer bad');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer error="invalid_token", error_description="quote ' and??line", scope="mcp", resource_metadata="${metadata}/mcp"`,
    );
    expect(reasons).toEqual(['token_invalid']);
  });

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Bearer a,b', `Bearer ${'a'.repeat(8_193)}`])(
    'refuses a malformed header without asking the verifier',
    async (authorization) => {
      expect((await ask('/mcp', authorization)).status).toBe(401);
      expect(verified).toEqual([]);
    },
  );

  it.each(['?access_token=good', '?a=1&access%5Ftoken=good'])(
    'refuses a token in the query %s, even beside a good header',
    async (query) => {
      const answer = await ask(`/mcp${query}`, 'Bearer good');
      expect(answer.status).toBe(400);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_request"');
      expect(reasons).toEqual(['token_in_query']);
    },
  );

  it('answers 403 for a token without the required scope', async () => {
    const answer = await ask('/mcp', 'Bearer poor');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(answer.headers.get('www-authenticate')).toContain('scope="other mcp"');
  });

  it('asks for the scopes that the token has and those it lacks, so that a step up takes nothing away', async () => {
    const answer = await ask('/admin', 'Bearer good');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('scope="mcp other admin"');
    expect(await answer.json()).toMatchObject({ error: 'insufficient_scope' });
  });

  it.each([
    ['as-down', 'Authorization server unavailable'],
    ['store-down', 'Session store unavailable'],
  ])('answers 503 and never 401 when it can not know (%s)', async (token, message) => {
    const answer = await ask('/mcp', `Bearer ${token}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await answer.json()).toEqual({ jsonrpc: '2.0', error: { code: -32000, message }, id: null });
  });
});

describe('protected-resource metadata', () => {
  it.each([
    ['', ''],
    ['/mcp', '/mcp'],
    ['/sse', '/sse'],
  ])('stands at the well-known path%s', async (suffix, path) => {
    const answer = await ask(`/.well-known/oauth-protected-resource${suffix}`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toEqual({
      resource: baseUrl + path,
      authorization_servers: ['https://as.example/'],
      scopes_supported: ['mcp'],
      bearer_methods_supported: ['header'],
      resource_name: 'calc',
    });
  });

  it('is not there for any other path, and only to be read', async () => {
    expect((await ask('/.well-known/oauth-protected-resource/other')).status).toBe(401);
    expect((await fetch(`${host.url}/.well-known/oauth-protected-resource`, { method: 'POST' })).status).toBe(405);
  });

  it('names resources that are all this server', () => {
    expect(resourcesOf('https://calc.example/')).toEqual([
      'https://calc.example/mcp',
      'https://calc.example/sse',
      'https://calc.example',
    ]);
  });
});

describe('ownership', () => {
  const auth = (issuer: string, subject: string) => ({
    token: 't',
    clientId: '',
    scopes: [],
    extra: { issuer, subject },
  });

  it('keeps apart what a separator would mix up', () => {
    const owners = [auth('a', 'b,c'), auth('a,b', 'c'), auth('a"', ',"b'), auth('a', '",",b')].map(ownerOf);
    expect(new Set(owners).size).toBe(4);
  });

  it('does not depend on the token, and is nobody without one', () => {
    expect(ownerOf({ ...auth('a', 'b'), token: 'refreshed' })).toBe(ownerOf(auth('a', 'b')));
    expect(ownerOf(undefined)).toBeUndefined();
    expect(callerOf(undefined)).toBeUndefined();
  });

  it('fails where a verifier forgot the subject', () => {
    expect(() => ownerOf({ token: 't', clientId: 'c', scopes: [] })).toThrow(TypeError);
  });

  it('tells which scopes are missing', () => {
    expect(missingScopes({ ...auth('a', 'b'), scopes: ['x'] }, ['x', 'y'])).toEqual(['y']);
    expect(missingScopes(undefined, ['y'])).toEqual(['y']);
  });
});
