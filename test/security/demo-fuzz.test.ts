import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RawClient } from '../auth/helpers/client.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { head, raw, statusOf } from './helpers/raw.js';

const RUNS = 1_000;
const AT_ONCE = 20;

const odd = fc.oneof(
  fc.constantFrom(
    '',
    '__proto__',
    '\0',
    '💥',
    'a'.repeat(3_000),
    'http://[',
    'javascript:alert(1)',
    'https://x.example/#',
    'https://a.example/client.json',
    '[object Object]',
    'S256',
    'plain',
    '-1',
    '%00',
  ),
  fc.string({ maxLength: 40 }),
);
const CALLBACK_URI = 'http://localhost:7777/callback';
const extra = fc.constantFrom('client_secret', 'a[b][c]', '__proto__', 'scope[]', 'redirect_uri', 'iss');

/** A form of which up to two fields have another value, or are there besides. */
const form = (good: Record<string, string>) =>
  fc
    .array(
      fc.tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...Object.keys(good)) }, { weight: 1, arbitrary: extra }),
        odd,
      ),
      { maxLength: 2 },
    )
    .map((changes) => new URLSearchParams({ ...good, ...Object.fromEntries(changes) }).toString());
const authorization = form({
  response_type: 'code',
  client_id: 'CLIENT',
  redirect_uri: CALLBACK_URI,
  state: 's',
  scope: 'mcp',
  code_challenge: 'A'.repeat(43),
  code_challenge_method: 'S256',
});
const token = fc.oneof(
  form({
    grant_type: 'authorization_code',
    client_id: 'CLIENT',
    code: `${'a'.repeat(22)}.${'b'.repeat(43)}`,
    code_verifier: 'v'.repeat(43),
    redirect_uri: CALLBACK_URI,
  }),
  form({
    grant_type: 'refresh_token',
    client_id: 'CLIENT',
    refresh_token: `${'a'.repeat(22)}.${'b'.repeat(43)}`,
    scope: 'mcp',
  }),
);
const metadata = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('redirect_uris', 'client_name', 'scope', 'token_endpoint_auth_method', 'jwks', 'other'),
          fc.oneof(odd, fc.jsonValue(), fc.array(odd, { maxLength: 3 })),
        )
        .map(([name, value]) => ({ redirect_uris: [CALLBACK_URI], [name]: value })),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
  .map((value) => JSON.stringify(value));
const FORM = 'application/x-www-form-urlencoded';
const shot = fc.oneof(
  authorization.map((query) => ({ line: `GET /authorize?${query}`, type: '', body: '' })),
  fc
    .tuple(
      fc.constantFrom(
        'GET /fakeupstreamauth/authorize',
        'GET /fakeupstreamauth/redirect',
        'GET /.well-known/oauth-authorization-server',
        'GET /token',
      ),
      form({ state: 'x', code: 'x' }),
    )
    .map(([line, query]) => ({ line: `${line}?${query}`, type: '', body: '' })),
  token.map((body) => ({ line: 'POST /token', type: FORM, body })),
  form({ client_id: 'CLIENT', token: 'x', token_type_hint: 'access_token' }).map((body) => ({
    line: 'POST /revoke',
    type: FORM,
    body,
  })),
  form({ state: 'x', name: 'Ann', decision: 'allow' }).map((body) => ({
    line: 'POST /fakeupstreamauth/authorize',
    type: FORM,
    body,
  })),
  metadata.map((body) => ({ line: 'POST /register', type: 'application/json', body })),
  fc
    .tuple(fc.constantFrom('/token', '/register', '/revoke', '/authorize'), odd, odd)
    .map(([path, body, type]) => ({ line: `POST ${path}`, type: type.replace(/[^\x20-\x7e]/g, ''), body })),
);

test('1,000 fuzzed requests to the authorization server: never a bug, a leak, or an answer to somewhere else', {
  timeout: 60_000,
}, async () => {
  const server = await spawnServer(['http', '--auth', 'demo']);
  try {
    const client = await RawClient.register(server.origin);
    const seed = randomBytes(4).readInt32BE();
    const shots = fc.sample(shot, { numRuns: RUNS, seed });
    const seen = new Set<number>();
    let next = 0;
    const work = async () => {
      for (let at = next++; at < shots.length; at = next++) {
        const { line, type, body } = shots[at] as (typeof shots)[number];
        const filled = [line, body].map((text) => text.replaceAll('CLIENT', client.id)) as [string, string];
        const answer = await raw(
          server.port,
          head(
            filled[0],
            ['Host: localhost', 'Cookie: a=b', ...(type === '' ? [] : [`Content-Type: ${type}`])],
            filled[1],
          ),
        );
        const why = `seed ${seed}, request ${at}: ${filled.join('\n')}\n${answer.slice(0, 800)}`;
        seen.add(statusOf(answer));
        expect(statusOf(answer), why).toBeLessThan(500);
        expect(answer, why).not.toMatch(/\n\s+at |node:internal|file:\/\/|node_modules|Error:|ZodError/);
        const [, location] = /^location: (.*)$/im.exec(answer) ?? [];
        if (location !== undefined)
          expect(location, why).toMatch(/^(?:\/fakeupstreamauth\/|http:\/\/localhost:7777\/callback\?)/);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect([...seen]).toEqual(expect.arrayContaining([200, 201, 302, 400, 405]));
    expect(server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect((await client.tokens()).access).not.toBe('');
  } finally {
    await server.stop();
  }
});
