import { expect, it } from 'vitest';
import { bracketed, httpOrigin, unbracketed } from '../../src/net/addresses.js';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['example.com', 'http://example.com:80'],
  ['::1', 'http://[::1]:80'],
  ['[::1]', 'http://[::1]:80'],
])('%s is at %s', (host, origin) => {
  expect(httpOrigin(host, 80)).toBe(origin);
});

it('puts an IPv6 address into brackets and takes it out again', () => {
  for (const host of ['::1', 'fe80::1%eth0', '10.0.0.1', 'localhost']) expect(unbracketed(bracketed(host))).toBe(host);
});
