import { expect, test } from 'vitest';
import { resolveConfig, settingsOf } from '../../src/config/index.js';
import { stdioDefaults, stdioVariables } from '../../src/config/stdio-defaults.js';

test('are what the settings resolve to where nothing is set', () => {
  expect(resolveConfig('stdio', {}, {})).toEqual(stdioDefaults);
});

test('hold where none of the variables is set that the settings name', () => {
  const names = settingsOf('stdio').map(([, { env }]) => env);
  expect([...names].sort()).toEqual([...stdioVariables].sort());
});
