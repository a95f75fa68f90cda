import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AuthorizationServerUnavailableError } from '../../src/auth/errors.js';
import { KEY_CANDIDATES, jwtVerifier } from '../../src/auth/jwt.js';
import { JWKS_COOLDOWN_MS } from '../../src/auth/key-set.js';
import { serve } from './helpers/serve.js';
import type { Served } from './helpers/serve.js';

const issuer = 'https://issuer.example/';
const audience = 'https://calc.example/mcp';

interface Key {
  readonly jwk: JWK;
  readonly secret: CryptoKey;
}

async function makeKey(kid?: string): Promise<Key> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  return { jwk: { ...(await exportJWK(pair.publicKey)), alg: 'ES256', ...(kid && { kid }) }, secret: pair.privateKey };
}

function token({ secret }: Key, kid?: string): Promise<string> {
  return new SignJWT({ sub: 'ada' })
    .setProtectedHeader({ alg: 'ES256', ...(kid && { kid }) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('5m')
    .sign(secret);
}

let keySet: Served;
/** What the issuer publishes, and how: `slow` keeps the answer back until it is called. */
let published: JWK[] = [];
let down = false;
let held: (() => void)[] | undefined;
let fetched = 0;
let time = Date.now();
let old: Key;
let fresh: Key;

beforeAll(async () => {
  [old, fresh] = await Promise.all([makeKey('old'), makeKey('fresh')]);
  keySet = await serve((_req, res) => {
    fetched += 1;
    const answer = () =>
      down ? res.writeHead(503).end() : res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    const keys = published;
    if (held) held.push(answer);
    else answer();
  });
});
afterAll(() => keySet.close());
beforeEach(() => {
  [published, down, held, fetched] = [[old.jwk], false, undefined, 0];
});

const verifier = () =>
  jwtVerifier({ keys: { jwksUrl: `${keySet.url}/jwks` }, issuer, audiences: [audience], now: () => time });

/** `ok`, or which of the two refusals: 401 and 503. */
async function outcome(one: ReturnType<typeof verifier>, jwt: string): Promise<'ok' | 401 | 503> {
  try {
    await one.verify(jwt);
    return 'ok';
  } catch (error) {
    if (error instanceof InvalidTokenError) return 401;
    expect(error).toBeInstanceOf(AuthorizationServerUnavailableError);
    return 503;
  }
}

describe('a key that was rotated in', () => {
  it.each(['fresh', undefined])(
    'waits for the key set to be fetched, and is not refused before (kid %s)',
    async (kid) => {
      const one = verifier();
      expect(await outcome(one, await token(old, 'old'))).toBe('ok');
      published = [old.jwk, fresh.jwk];
      const jwt = await token(fresh, kid);
      expect(await outcome(one, jwt)).toBe(503);
      expect(await outcome(one, jwt)).toBe(503);
      expect(fetched).toBe(1);
      time += JWKS_COOLDOWN_MS;
      expect(await outcome(one, jwt)).toBe('ok');
      expect(await outcome(one, await token(old, 'old'))).toBe('ok');
      expect(fetched).toBe(2);
    },
  );

  it('is not refused while the fetch fails', async () => {
    const one = verifier();
    expect(await outcome(one, await token(old, 'old'))).toBe('ok');
    time += JWKS_COOLDOWN_MS;
    down = true;
    expect(await outcome(one, await token(fresh, 'fresh'))).toBe(503);
    expect(await outcome(one, await token(old, 'old'))).toBe('ok');
    [down, published] = [false, [fresh.jwk]];
    time += JWKS_COOLDOWN_MS;
    expect(await outcome(one, await token(fresh, 'fresh'))).toBe('ok');
    expect(await outcome(one, await token(old, 'old'))).toBe(503);
    time += JWKS_COOLDOWN_MS;
    expect(await outcome(one, await token(old, 'old'))).toBe(401);
  });

  it('waits for the fetch that is under way, which proves nothing against it', async () => {
    const one = verifier();
    expect(await outcome(one, await token(old, 'old'))).toBe('ok');
    time += JWKS_COOLDOWN_MS;
    held = [];
    const first = outcome(one, await token(fresh, 'unknown'));
    await expect.poll(() => held?.length).toBe(1);
    const second = outcome(one, await token(fresh, 'fresh'));
    // The second has joined the fetch of the first once all that is ready to run has run.
    await new Promise((resolve) => setTimeout(resolve, 50));
    held.forEach((answer) => answer());
    held = undefined;
    expect(await Promise.all([first, second])).toEqual([401, 503]);
    expect(fetched).toBe(2);
  });
});

describe('a key that no key set holds', () => {
  it('is refused once a key set has been fetched for it, and fetches no more than one in a while', async () => {
    const one = verifier();
    const jwt = await token(fresh, 'fresh');
    expect(await outcome(one, jwt)).toBe(401);
    expect(await outcome(one, jwt)).toBe(401);
    for (let n = 0; n < 20; n += 1) expect(await outcome(one, await token(fresh, `made-up-${n}`))).toBe(503);
    expect(fetched).toBe(1);
    time += JWKS_COOLDOWN_MS;
    expect(await outcome(one, await token(fresh, 'made-up-0'))).toBe(401);
    expect(fetched).toBe(2);
  });
});

describe('a token that names no key', () => {
  it('is tried with each key that would do', async () => {
    const keys = await Promise.all(Array.from({ length: KEY_CANDIDATES }, () => makeKey()));
    published = keys.map(({ jwk }) => jwk);
    const one = verifier();
    for (const key of keys) expect(await outcome(one, await token(key))).toBe('ok');
    expect(fetched).toBe(1);
  });

  it('is refused where none fits, and where more keys would have to be tried than there may be', async () => {
    const keys = await Promise.all(Array.from({ length: KEY_CANDIDATES + 1 }, () => makeKey()));
    published = keys.map(({ jwk }) => jwk);
    expect(await outcome(verifier(), await token(fresh))).toBe(401);
    expect(await outcome(verifier(), await token(keys.at(-1) as Key))).toBe(401);
    expect(await outcome(verifier(), await token(keys.at(-2) as Key))).toBe('ok');
  });

  it('is still held to all that a token is held to', async () => {
    published = [(await makeKey()).jwk, fresh.jwk, old.jwk];
    const expired = await new SignJWT({ sub: 'ada' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(1)
      .sign(fresh.secret);
    await expect(verifier().verify(expired)).rejects.toThrow('The token has expired');
  });
});
