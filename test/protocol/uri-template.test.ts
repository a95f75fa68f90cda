import { expect, test } from 'vitest';
import { compileTemplate } from '../../src/protocol/uri-template.js';

test('gives the variables of a URI that fits, percent-decoded', () => {
  const template = compileTemplate('files://{folder}/{name}.txt');
  expect(template.variables).toEqual(['folder', 'name']);
  expect(template.match('files://a%20b/c.txt')).toEqual({ folder: 'a b', name: 'c' });
});

test.each(['files://a/b/c.txt', 'files://a/c.txt?x', 'files://a/cxtxt', 'files:///c.txt', 'files://%zz/c.txt'])(
  '%s does not fit',
  (uri) => {
    expect(compileTemplate('files://{folder}/{name}.txt').match(uri)).toBeUndefined();
  },
);

test('an expression above level 1 is refused when it is compiled', () => {
  expect(() => compileTemplate('files://{+path}')).toThrow(/level 1/);
});
