import { expect, it } from 'vitest';
import { isLoopback, LOOPBACK_NAMES } from '../../src/net/loopback.js';

it.each([
  ...LOOPBACK_NAMES,
  'LOCALHOST',
  'localhost.',
  'app.localhost',
  'a.b.localhost.',
  '127.0.0.2',
  '127.255.255.254',
  '::1',
  '0:0:0:0:0:0:0:1',
  '[0:0:0:0:0:0:0:1]',
  '::ffff:127.0.0.1',
  '::FFFF:127.9.8.7',
  '[::ffff:7f00:1]',
])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each([
  '',
  '0.0.0.0',
  '::',
  '[::]',
  '128.0.0.1',
  '126.255.255.255',
  '10.127.0.1',
  '::2',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  'fe80::1',
  'example.com',
  'localhost.example.com',
  'notlocalhost',
  '.localhost',
  '127.0.0.1.example.com',
  '127.evil.example',
  '127.0.0.256',
  '127.1',
  'localhost:80',
  '127.0.0.1:80',
  '[localhost',
  'evil.example/.localhost',
  ' localhost',
])('%j is another, or no host at all', (host) => {
  expect(isLoopback(host)).toBe(false);
});

it('judges the host of a URL as it judges an address to bind to', () => {
  for (const url of [
    'http://127.1/',
    'http://[::1]:80/',
    'http://LocalHost:1453/mcp',
    'http://[::ffff:127.0.0.1]/',
    'https://x.localhost./',
  ]) {
    expect(isLoopback(new URL(url).hostname), url).toBe(true);
  }
});
