import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/index.js';
import { libraryConfig } from '../../src/server/library-options.js';

const consoleOf = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
  resolveConfig('http', flags, env).console;
const ON = { token: undefined, open: false };

describe('the console', () => {
  it('is on where bound to loopback and nobody signs in', () => {
    expect(consoleOf({})).toEqual(ON);
    expect(consoleOf({ host: 'localhost' })).toEqual(ON);
    expect(consoleOf({ host: '0.0.0.0' })).toBeUndefined();
    expect(consoleOf({ auth: 'demo' })).toBeUndefined();
    expect(resolveConfig('sse', {}, {}).console).toEqual(ON);
  });

  it('is what its flag says, and else what its variable does', () => {
    expect(consoleOf({ host: '0.0.0.0', console: true })).toEqual(ON);
    expect(consoleOf({ auth: 'demo' }, { WEB_CONSOLE: 'true' })).toEqual(ON);
    expect(consoleOf({ console: false })).toBeUndefined();
    expect(consoleOf({ console: false }, { WEB_CONSOLE: 'true' })).toBeUndefined();
    expect(consoleOf({}, { WEB_CONSOLE: 'no' })).toBeUndefined();
  });

  it('takes a token of enough characters from its variable alone, which no message repeats', () => {
    expect(consoleOf({}, { WEB_CONSOLE_TOKEN: 'x'.repeat(16) })?.token).toBe('x'.repeat(16));
    expect(() => consoleOf({}, { WEB_CONSOLE_TOKEN: 'hunter2' })).toThrow(/^(?!.*hunter2).*WEB_CONSOLE_TOKEN/s);
  });

  it('has to be there for --open', () => {
    expect(consoleOf({ open: true })?.open).toBe(true);
    expect(() => consoleOf({ open: true, host: '0.0.0.0' })).toThrow('--open (WEB_CONSOLE_OPEN) needs the console');
  });

  it('is not an option of a handler in a server of somebody else', () => {
    expect(() => libraryConfig({ console: true } as never)).toThrow('console is not an option here');
  });
});
