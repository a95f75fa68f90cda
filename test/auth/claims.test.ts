import { describe, expect, it } from 'vitest';
import { CLAIMS_LIMIT, authInfoOf, claimsToShow } from '../../src/auth/claims.js';
import { callerOf } from '../../src/auth/ownership.js';

const rules = { audiences: ['https://calc.example/mcp'], clockSkewMs: 0 };
const claims = {
  sub: 'ada',
  aud: 'https://calc.example/mcp',
  exp: 2_000_000_000,
  scope: 'mcp',
  email: 'ada@example.org',
};

describe('the claims of a token', () => {
  it('reach the caller as the token has them', () => {
    const auth = authInfoOf('token', { ...claims, groups: ['a', 'b'] }, 'https://issuer.example', rules, 0);
    expect(callerOf(auth)?.claims).toEqual({ ...claims, groups: ['a', 'b'] });
    expect(JSON.stringify(callerOf(auth))).not.toContain('"token"');
  });

  it('can be changed by nobody: the next call of the same token sees the same', () => {
    const given = { deep: { list: [{ a: 1 }] } };
    const shown = claimsToShow(given) as typeof given;
    expect(() => (shown.deep.list[0] as { a: number }).a++).toThrow(TypeError);
    expect(() => shown.deep.list.push({ a: 2 })).toThrow(TypeError);
    expect(() => Object.assign(shown, { more: 1 })).toThrow(TypeError);
    given.deep.list.push({ a: 3 });
    expect(shown).toEqual({ deep: { list: [{ a: 1 }] } });
  });

  it('are bounded: what is too large is left out, and the rest stays', () => {
    const shown = claimsToShow({ sub: 'ada', huge: 'x'.repeat(CLAIMS_LIMIT), email: 'e', many: Array(5_000).fill(1) });
    expect(shown).toEqual({ sub: 'ada', email: 'e' });
    const deep = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) as unknown;
    expect(claimsToShow({ sub: 'ada', deep })).toEqual({ sub: 'ada' });
  });

  it('may have any name', () => {
    const shown = claimsToShow(JSON.parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>);
    expect(Object.entries(shown)).toEqual([
      ['__proto__', { admin: true }],
      ['constructor', 1],
    ]);
    expect((shown as { admin?: boolean }).admin).toBeUndefined();
  });

  it('are none where a verifier of another make has set none', () => {
    const auth = { token: 't', clientId: '', scopes: [], extra: { issuer: 'i', subject: 's' } };
    expect(callerOf(auth)).toEqual({ issuer: 'i', subject: 's', scopes: [], claims: {} });
  });
});
