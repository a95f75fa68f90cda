import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBounded } from '../../src/net/body.js';
import { AuthorizationServerUnavailableError } from '../../src/auth/errors.js';
import { introspectionVerifier } from '../../src/auth/introspection.js';
import { serve } from './helpers/serve.js';
import type { Served } from './helpers/serve.js';

const audience = 'https://calc.example/mcp';
const inAMinute = () => Math.floor(Date.now() / 1000) + 60;

let endpoint: Served;
let reply: () => { status?: number; body?: unknown } | undefined;
let asked: { authorization?: string; form: URLSearchParams }[];

beforeAll(async () => {
  endpoint = await serve(
    (req, res) =>
      void (async () => {
        asked.push({
          authorization: req.headers.authorization,
          form: new URLSearchParams(await readBounded(req, 10_000)),
        });
        const answer = reply();
        if (answer === undefined) return;
        res.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        res.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
      })(),
  );
});
beforeEach(() => {
  asked = [];
  reply = () => ({
    body: {
      active: true,
      sub: 'ada',
      aud: audience,
      exp: inAMinute(),
      scope: 'mcp',
      client_id: 'c',
      iss: 'https://as.example/',
    },
  });
});
afterAll(() => endpoint.close());

const verifier = (more: object = {}) =>
  introspectionVerifier({
    url: `${endpoint.url}/introspect`,
    clientId: 'calc:1',
    clientSecret: 'p&ss word',
    audiences: [audience],
    ...more,
  });

function answers(change: Record<string, unknown>): void {
  reply = () => ({ body: { active: true, sub: 'ada', aud: audience, exp: inAMinute(), ...change } });
}

describe('token introspection', () => {
  it('asks with form-encoded client credentials and tells what the answer says', async () => {
    const auth = await verifier().verify('opaque');
    expect(auth).toMatchObject({
      clientId: 'c',
      scopes: ['mcp'],
      extra: { issuer: 'https://as.example/', subject: 'ada' },
    });
    expect(Buffer.from(asked[0]?.authorization?.slice(6) ?? '', 'base64').toString()).toBe('calc%3A1:p%26ss+word');
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({ token: 'opaque', token_type_hint: 'access_token' });
  });

  it('remembers a good answer, and asks once for requests at the same time', async () => {
    const one = verifier();
    await Promise.all([one.verify('t'), one.verify('t'), one.verify('t')]);
    await one.verify('t');
    expect(asked).toHaveLength(1);
    await one.verify('other');
    expect(asked).toHaveLength(2);
  });

  it('forgets an answer after its time, and when the token expires', async () => {
    let time = Date.now();
    const one = verifier({ now: () => time, monotonic: () => time, cacheMs: 10_000 });
    await one.verify('t');
    time += 9_000;
    await one.verify('t');
    expect(asked).toHaveLength(1);
    time += 2_000;
    await one.verify('t');
    expect(asked).toHaveLength(2);

    answers({ exp: Math.floor(time / 1000) + 2 });
    const patient = verifier({ now: () => time, cacheMs: 3_600_000, clockSkewMs: 0 });
    await patient.verify('t');
    time += 3_000;
    await expect(patient.verify('t')).rejects.toThrow('expired');
  });

  it('does not remember a refusal', async () => {
    const one = verifier();
    answers({ active: false });
    await expect(one.verify('t')).rejects.toThrow(InvalidTokenError);
    answers({});
    expect((await one.verify('t')).extra?.subject).toBe('ada');
  });

  it.each([
    ['is not active', { active: false }],
    ['says "true" in a string', { active: 'true' }],
    ['is for another audience', { aud: 'https://else.example/mcp' }],
    ['has no audience', { aud: undefined }],
    ['has expired', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['has no expiry', { exp: undefined }],
    ['is not valid yet', { nbf: inAMinute() }],
    ['has no subject', { sub: undefined }],
    ['is bound to a key', { cnf: { jkt: 'x' } }],
    ['is no bearer token', { token_type: 'DPoP' }],
    ['comes from another issuer', { iss: 'https://evil.example/' }],
  ])('refuses a token that %s', async (_what, change) => {
    answers(change);
    await expect(verifier({ issuer: 'https://as.example/' }).verify('t')).rejects.toThrow(InvalidTokenError);
  });

  it.each([
    ['fails', { status: 500, body: {} }],
    ['refuses this server', { status: 401, body: { error: 'invalid_client' } }],
    ['answers no JSON', { body: '<html>' }],
    ['answers too much', { body: JSON.stringify({ active: true, filler: 'x'.repeat(70_000) }) }],
    ['redirects', { status: 302, body: {} }],
  ])('reports an authorization server that %s as an outage', async (_what, answer) => {
    reply = () => answer;
    await expect(verifier().verify('t')).rejects.toThrow(AuthorizationServerUnavailableError);
  });

  it('reports an authorization server that is not there, or hangs, as an outage within its time', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    await expect(verifier({ url: gone.url }).verify('t')).rejects.toThrow(AuthorizationServerUnavailableError);
    reply = () => undefined;
    const started = performance.now();
    await expect(verifier().verify('t')).rejects.toThrow(AuthorizationServerUnavailableError);
    expect(performance.now() - started).toBeLessThan(3_500);
  });
});
