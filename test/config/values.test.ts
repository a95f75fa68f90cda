import { describe, expect, it } from 'vitest';
import { ConfigError, resolveConfig } from '../../src/config/index.js';
import type { HttpConfig } from '../../src/config/index.js';

function http(flags: Record<string, unknown>, env: Record<string, string> = {}): HttpConfig {
  return resolveConfig('http', flags, env);
}

describe('times and sizes', () => {
  it.each([
    ['1800', 1_800_000],
    ['30m', 1_800_000],
    ['90s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['2 D', 172_800_000],
  ])('--session-ttl %s is %i ms', (sessionTtl, ms) => {
    expect(http({ sessionTtl }).sessionTtlMs).toBe(ms);
  });

  it('--sse-after counts in milliseconds where no unit is given', () => {
    expect(http({ sseAfter: '250' }).sseAfterMs).toBe(250);
    expect(http({ sseAfter: '1s' }).sseAfterMs).toBe(1_000);
  });

  it.each([
    ['1mb', 1_048_576],
    ['512kb', 524_288],
    ['2048', 2_048],
    ['0.5 MB', 524_288],
  ])('--body-limit %s is %i bytes', (bodyLimit, bytes) => {
    expect(http({ bodyLimit }).bodyLimit).toBe(bytes);
  });

  it.each(['', ' ', '-1', '1e3', '0x10', '8d', '10 minutes', 'NaN', 'Infinity'])(
    '--session-ttl "%s" is refused',
    (sessionTtl) => {
      expect(() => http({ sessionTtl })).toThrow(ConfigError);
    },
  );
});

describe('whom the server answers', () => {
  it('is this machine alone by default', () => {
    const loopback = ['localhost', '127.0.0.1', '[::1]'];
    expect(http({})).toMatchObject({
      host: '127.0.0.1',
      isLoopback: true,
      allowedHosts: loopback,
      allowedOrigins: loopback,
      warnings: [],
    });
    expect(http({}).rateLimit).toBeUndefined();
  });

  it('is everybody on a wider bind, with a warning and a rate limit', () => {
    const config = http({ host: '0.0.0.0' });
    expect(config).toMatchObject({
      isLoopback: false,
      allowedHosts: undefined,
      allowedOrigins: undefined,
      corsOrigins: [],
    });
    expect(config.rateLimit).toEqual({ max: 300, windowMs: 60_000 });
    expect(config.warnings.join()).toMatch(/0\.0\.0\.0.*--allowed-hosts/);
  });

  it('is whoever uses a named host, and its pages', () => {
    const config = http({ host: '::', allowedHosts: 'MCP.example.com:8443, 2001:db8::1, [::2]:80' });
    expect(config.allowedHosts).toEqual([
      'localhost',
      '127.0.0.1',
      '[::1]',
      'mcp.example.com:8443',
      '[2001:db8::1]',
      '[::2]:80',
    ]);
    expect(config.allowedOrigins).toEqual(['mcp.example.com:8443', '[2001:db8::1]', '[::2]:80']);
    expect(config.warnings).toEqual([]);
  });

  it('warn where several workers count requests without a common store', () => {
    const warnings = (flags: Record<string, unknown>) =>
      http({ stateless: true, workers: '4', rateLimitMax: '10', ...flags }).warnings;
    expect(warnings({ era: 'legacy' })).toEqual([
      'Each of the 4 workers counts requests by itself: a client may send up to 40 in a window',
    ]);
    expect(warnings({ workers: '1' })).toEqual([]);
    expect(warnings({ redis: 'redis://localhost' })).toEqual([]);
  });

  it('warn where what may happen only once would be refused, for want of a common store', () => {
    const once = expect.stringContaining('a step that may happen only once is refused') as string;
    const stateKey = 'k'.repeat(32);
    expect(http({ stateless: true, stateKey }).warnings).toEqual([once]);
    expect(http({ stateless: true, workers: '2' }).warnings).toEqual([once]);
    expect(http({ stateless: true, stateKey, era: 'legacy' }).warnings).toEqual([]);
    expect(http({ stateless: true, stateKey, redis: 'redis://localhost' }).warnings).toEqual([]);
  });

  it('includes the pages of CORS_ORIGIN', () => {
    const config = http({}, { CORS_ORIGIN: 'https://app.example.com' });
    expect(config.allowedOrigins).toContain('https://app.example.com');
    expect(config.corsOrigins).toContain('https://app.example.com');
    expect(http({}, { CORS_ORIGIN: '*' })).toMatchObject({ corsOrigins: '*', allowedOrigins: undefined });
  });

  it('is nobody else, also on a wider bind, where CORS_ORIGIN names somebody', () => {
    const named = http({ host: '0.0.0.0', corsOrigin: 'https://app.example.com' });
    expect(named).toMatchObject({
      allowedOrigins: ['https://app.example.com'],
      corsOrigins: ['https://app.example.com'],
    });
    const any = http({ host: '0.0.0.0', allowedOrigins: '*' });
    expect(any).toMatchObject({ allowedOrigins: undefined, corsOrigins: '*' });
    const readers = http({ host: '0.0.0.0', allowedOrigins: '*', corsOrigin: 'https://app.example.com' });
    expect(readers).toMatchObject({ allowedOrigins: undefined, corsOrigins: ['https://app.example.com'] });
  });

  it('includes the address that the server is known by, and its own pages', () => {
    const config = http({ baseUri: 'https://mcp.example.com' });
    expect(config.allowedHosts).toContain('mcp.example.com');
    expect(config.allowedOrigins).toContain('https://mcp.example.com');
    expect(http({ host: '0.0.0.0', baseUri: 'https://mcp.example.com' })).toMatchObject({
      allowedHosts: undefined,
      allowedOrigins: undefined,
    });
  });

  it.each(['a:b', 'a:1:2', '[::1', 'http://a.example', 'a b'])('refuses the host %s', (allowedHosts) => {
    expect(() => http({ allowedHosts })).toThrow(/--allowed-hosts/);
  });

  it.each(['https://app.example.com/', 'ftp://a.example', 'a b', 'null, https://x'])(
    'refuses the origin %s',
    (corsOrigin) => {
      expect(() => http({ corsOrigin })).toThrow(/--cors-origin/);
    },
  );

  it.each([
    [true, 1],
    ['2', 2],
    ['off', false],
    ['loopback,10.0.0.0/8', ['loopback', '10.0.0.0/8']],
  ])('--trust-proxy %s trusts %j', (trustProxy, trusted) => {
    expect(http({ trustProxy }).trustProxy).toEqual(trusted);
  });

  it('limits requests on loopback when asked to, by a maximum as well', () => {
    expect(http({ rateLimit: 'on' }).rateLimit?.max).toBe(300);
    expect(http({}, { RATE_LIMIT_MAX: '5', RATE_LIMIT_WINDOW: '10' }).rateLimit).toEqual({ max: 5, windowMs: 10_000 });
    expect(http({ rateLimit: 'off', host: '0.0.0.0' }).rateLimit).toBeUndefined();
  });
});

describe('authorization', () => {
  it('resolves JWTs with their keys, and sends clients to the issuer', () => {
    const env = {
      AUTH_MODE: 'jwt',
      JWT_SECRET: 's'.repeat(32),
      JWT_ISSUER: 'https://issuer.example/',
      JWT_AUDIENCE: 'a,b',
      REQUIRED_SCOPES: 'mcp, calc:read',
    };
    expect(http({}, env).auth).toEqual({
      mode: 'jwt',
      keys: { secret: 's'.repeat(32) },
      issuer: 'https://issuer.example/',
      audiences: ['a', 'b'],
      clockSkewMs: 5_000,
      requiredScopes: ['mcp', 'calc:read'],
      authServer: 'https://issuer.example/',
    });
  });

  it('resolves introspection, and sends clients to its origin', () => {
    const flags = {
      auth: 'introspection',
      introspectionUrl: 'https://as.example/introspect',
      introspectionClientId: 'me',
    };
    expect(http(flags, { INTROSPECTION_CLIENT_SECRET: 'x' }).auth).toMatchObject({
      clientId: 'me',
      clientSecret: 'x',
      cacheMs: 30_000,
      authServer: 'https://as.example',
    });
  });
});
