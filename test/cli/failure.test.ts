import { describe, expect, it } from 'vitest';
import { AuthConfigurationError } from '../../src/auth/errors.js';
import { describeFailure } from '../../src/cli/failure.js';
import { CliError, QuietExit } from '../../src/cli/errors.js';
import { ConfigError } from '../../src/config/index.js';
import { ListenError } from '../../src/http/errors.js';
import { ServeError } from '../../src/server/errors.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';

it.each([
  ['wrong usage', new CliError('no such tool'), 1, ['mcp-calc: no such tool']],
  [
    'a failure with its own code and hint',
    new CliError('refused', { exitCode: 3, hint: 'Give --token.' }),
    3,
    ['mcp-calc: refused', '  Give --token.'],
  ],
  ['wrong settings', new ConfigError(['one', 'two']), 1, ['mcp-calc: one', 'mcp-calc: two']],
  ['an unreachable store', new StoreUnavailableError(), 4, ['mcp-calc: Session store unavailable']],
  [
    'a refused connection',
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    4,
    ['mcp-calc: connect ECONNREFUSED'],
  ],
  [
    'a port that is taken',
    Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }),
    1,
    ['mcp-calc: listen EADDRINUSE'],
  ],
  ['an exit that was explained already', new QuietExit(5), 5, []],
  ['something thrown that is no error', 'oops', 1, ['mcp-calc: oops']],
])('%s', (_what, error, exitCode, lines) => {
  expect(describeFailure(error)).toEqual({ exitCode, lines });
});

describe('the sentences of our own errors', () => {
  const sentence = '--auth jwt needs a key: give --jwt-jwks-url (JWT_JWKS_URL), or the shared secret as JWT_SECRET';

  it.each([
    ['wrong usage', new CliError(sentence)],
    ['wrong settings', new ConfigError([sentence])],
    ["a server that can't be composed", new ServeError(sentence)],
    ["authorization that can't work", new AuthConfigurationError(sentence)],
    ["an address that can't be listened on", new ListenError(sentence, undefined)],
  ])('come out whole: %s', (_what, error) => {
    expect(describeFailure(error, true).lines[0]).toBe(`mcp-calc: ${sentence}`);
    expect(describeFailure(error, true).lines.join('\n')).not.toContain('[redacted]');
  });

  it('are told from those of others, which are redacted, as are all causes', () => {
    expect(describeFailure(new Error('the key: pl4nted is refused')).lines).toEqual([
      'mcp-calc: the key: [redacted] is refused',
    ]);
    const { lines } = describeFailure(new CliError(sentence, { cause: new Error('token=pl4nted') }), true);
    expect(lines.join('\n')).toContain('token=[redacted]');
    expect(lines.join('\n')).not.toContain('pl4nted');
  });

  it('reach the terminal without control characters, whatever others have put into them', () => {
    expect(describeFailure(new Error('a\u001b[2Jb\u009b31m\u202ec')).lines).toEqual(['mcp-calc: abc']);
  });
});

it('adds the stack, and those of the causes, for debugging', () => {
  const { lines } = describeFailure(new CliError('outer', { cause: new TypeError('inner') }), true);
  expect(lines[0]).toBe('mcp-calc: outer');
  expect(lines.slice(1).join('\n')).toMatch(/CliError: outer\n\s+at [^]*TypeError: inner\n\s+at /);
});
