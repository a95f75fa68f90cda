import { expect, it } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { CliError, QuietExit } from '../../src/cli/errors.js';
import { ConfigError } from '../../src/config/index.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';

it.each([
  ['wrong usage', new CliError('no such tool'), 1, ['mcp-calc: no such tool']],
  ['a failure with its own code and hint', new CliError('refused', { exitCode: 3, hint: 'Give --token.' }), 3, ['mcp-calc: refused', '  Give --token.']],
  ['wrong settings', new ConfigError(['one', 'two']), 1, ['mcp-calc: one', 'mcp-calc: two']],
  ['an unreachable store', new StoreUnavailableError(), 4, ['mcp-calc: Session store unavailable']],
  ['a refused connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 4, ['mcp-calc: connect ECONNREFUSED']],
  ['a port that is taken', Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }), 1, ['mcp-calc: listen EADDRINUSE']],
  ['an exit that was explained already', new QuietExit(5), 5, []],
  ['something thrown that is no error', 'oops', 1, ['mcp-calc: oops']],
])('%s', (_what, error, exitCode, lines) => {
  expect(describeFailure(error)).toEqual({ exitCode, lines });
});

it('adds the stack, and those of the causes, for debugging', () => {
  const { lines } = describeFailure(new CliError('outer', { cause: new TypeError('inner') }), true);
  expect(lines[0]).toBe('mcp-calc: outer');
  expect(lines.slice(1).join('\n')).toMatch(/CliError: outer\n\s+at [^]*TypeError: inner\n\s+at /);
});
