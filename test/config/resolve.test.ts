import { describe, expect, it } from 'vitest';
import { ConfigError, resolveConfig } from '../../src/config/index.js';

function problemsOf(resolve: () => unknown): readonly string[] {
  try {
    resolve();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('precedence', () => {
  it('takes defaults, then variables, then flags', () => {
    expect(resolveConfig('http', {}, {}).port).toBe(1453);
    expect(resolveConfig('http', {}, { PORT: '2000' }).port).toBe(2000);
    expect(resolveConfig('http', { port: '3000' }, { PORT: '2000' }).port).toBe(3000);
  });

  it('has a port of its own for every pattern', () => {
    expect(resolveConfig('http', { stateless: true }, {}).port).toBe(1071);
    expect(resolveConfig('http', { stateful: true }, {}).port).toBe(1453);
    expect(resolveConfig('sse', {}, {}).port).toBe(1923);
  });

  it('counts an empty variable as unset', () => {
    const config = resolveConfig('http', {}, { PORT: '', LOG_LEVEL: '  ', USE_REDIS: '', SAMPLE_TOOL_NAME: '' });
    expect(config).toMatchObject({ port: 1453, log: { level: 'info' }, sampleToolName: undefined, redis: undefined });
  });

  it('lets --stateful win over STATELESS, and the other way round', () => {
    expect(resolveConfig('http', { stateful: true }, { STATELESS: 'true' }).stateful).toBe(true);
    expect(resolveConfig('http', { stateless: true }, { STATEFUL: 'true' }).stateful).toBe(false);
    expect(resolveConfig('http', {}, { STATELESS: 'true' }).stateful).toBe(false);
    expect(resolveConfig('http', {}, { STATEFUL: 'false' }).stateful).toBe(false);
  });

  it('reads no variable that the command does not use', () => {
    expect(resolveConfig('stdio', {}, { PORT: 'abc', AUTH_MODE: 'what' }).command).toBe('stdio');
  });
});

describe('wrong values', () => {
  it('are reported all together, each line with flag, variable, value and what is allowed', () => {
    const problems = problemsOf(() =>
      resolveConfig(
        'http',
        { port: '70000', sseAfter: 'soon' },
        { LOG_LEVEL: 'loud', REDIS_PORT: '0', BODY_LIMIT: '9gb' },
      ),
    );
    expect(problems).toHaveLength(5);
    expect(problems).toContain('--port (variable PORT): "70000" is wrong: it must be a whole number from 0 to 65535');
    expect(problems).toContain(
      'LOG_LEVEL (flag --log-level): "loud" is wrong: it must be one of debug, info, warn, error, silent',
    );
    expect(problems).toContain('REDIS_PORT: "0" is wrong: it must be a whole number from 1 to 65535');
    expect(problems.join('\n')).toMatch(/--sse-after \(variable SSE_AFTER\): "soon".*from 0s to 1m/);
    expect(problems.join('\n')).toMatch(/BODY_LIMIT \(flag --body-limit\): "9gb".*from 256b to 100mb/);
  });

  it('never show a secret, nor the password in a URL', () => {
    const env = {
      AUTH_MODE: 'jwt',
      JWT_SECRET: 'hunter2',
      REDIS_URL: 'http://:hunter3@redis:6379',
      JWT_ISSUER: 'https://issuer.example',
    };
    const message = problemsOf(() => resolveConfig('http', {}, env)).join('\n');
    expect(message).toContain('JWT_SECRET (flag --jwt-secret): the value (not shown) is wrong');
    expect(message).toContain('"http://***@redis:6379"');
    for (const url of [
      'redis://:hun/ter3@redis',
      ':hunter3@redis:6379',
      'redis://u:hu@nter3@redis x',
      'redis://redis x?password=hunter3',
    ]) {
      const wrong = problemsOf(() => resolveConfig('http', {}, { REDIS_URL: url })).join('\n');
      expect(wrong).toContain('REDIS_URL');
      expect(wrong).not.toMatch(/hun|ter3/);
    }
    expect(message).not.toContain('hunter');
  });

  it('stay on one line and are shortened', () => {
    const [line = '', ...others] = problemsOf(() =>
      resolveConfig('stdio', {}, { SAMPLE_TOOL_NAME: `a\n\u001b[31m${'b'.repeat(500)}` }),
    );
    expect(others).toEqual([]);
    expect(line).toMatch(/^[\x20-\x7e…]{1,240}$/);
  });

  it('include contradictions between right values', () => {
    const problems = problemsOf(() =>
      resolveConfig('http', { stateful: true, stateless: true, minimal: true, workers: '4', port: 'x' }, {}),
    );
    expect(problems.map((line) => line.split(' ')[0])).toEqual(['--port', '--stateful', '--minimal', '--workers']);
  });
});

describe('contradictions', () => {
  it.each([
    ['--minimal with sessions', { minimal: true }, {}, /--minimal .* only for --stateless/],
    ['several workers with sessions in memory', { workers: '2' }, {}, /--workers .*--redis/],
    ['watching without a module', { watch: true }, {}, /--watch \(SERVER_WATCH\) is refused: .*add --server/],
    [
      'watching with several workers',
      { watch: true, server: './mine.js', workers: '2', stateless: true },
      {},
      /--watch .* is refused with several processes: leave out --workers/,
    ],
    [
      'watching with a server for each session',
      { watch: true, server: './mine.js', perSession: true },
      {},
      /--watch .* is refused with --per-session/,
    ],
    [
      'several workers with legacy SSE in memory',
      { workers: '2', stateless: true, sse: true },
      {},
      /--workers .*--sse/,
    ],
    ['jwt without a key', { auth: 'jwt', jwtIssuer: 'https://a.example' }, {}, /JWT_JWKS_URL.*JWT_SECRET/],
    ['jwt without an issuer', { auth: 'jwt', jwtJwksUrl: 'https://a.example/jwks' }, {}, /--jwt-issuer/],
    [
      'jwt with two keys',
      { auth: 'jwt', jwtIssuer: 'https://a.example', jwtJwksUrl: 'https://a.example/k' },
      { JWT_SECRET: 's'.repeat(32) },
      /exclude/,
    ],
    [
      'introspection without a secret',
      { auth: 'introspection', introspectionUrl: 'https://a.example/i', introspectionClientId: 'me' },
      {},
      /needs a secret/,
    ],
    [
      'users that only one process knows',
      { auth: 'demo', stateless: true, workers: '2' },
      {},
      /--workers \(WORKERS\) above 1 is refused: .*--auth demo/,
    ],
    [
      'an issuer that can be none',
      { auth: 'demo', host: '0.0.0.0' },
      {},
      /--auth demo \(AUTH_MODE\) bound to 0\.0\.0\.0 needs --base-uri \(BASE_URI\)/,
    ],
    ['a flag of another mode', { jwtIssuer: 'https://a.example' }, {}, /--jwt-issuer does nothing without --auth jwt/],
    ['scopes without authorization', { requiredScopes: 'a' }, {}, /--required-scopes does nothing/],
    ['headers slower than the request', { headersTimeout: '60', requestTimeout: '30' }, {}, /--headers-timeout/],
    ['metrics on the main port', { port: '9000', metricsPort: '9000' }, {}, /--metrics-port/],
  ])('refuses %s', (_what, flags, env, message) => {
    const problems = problemsOf(() => resolveConfig('http', flags, env));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it('ignores a variable of another mode, which may be meant for another program', () => {
    expect(resolveConfig('http', {}, { JWT_SECRET: 's'.repeat(32) }).auth).toEqual({ mode: 'none' });
  });
});

it('a config is frozen to its depth', () => {
  const config = resolveConfig('http', { redis: true, allowedHosts: 'a.example' }, {});
  expect(
    Object.isFrozen(config) &&
      Object.isFrozen(config.redis) &&
      Object.isFrozen(config.log) &&
      Object.isFrozen(config.allowedHosts),
  ).toBe(true);
});
