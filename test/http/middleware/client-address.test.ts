import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../../src/http/middleware/client-address.js';
import type { TrustProxy } from '../../../src/http/middleware/client-address.js';
import { startHost } from '../host.js';

async function seen(trustProxy: TrustProxy | undefined, forwarded: string): Promise<string> {
  const { url } = await startHost({ trustProxy });
  const answer = await fetch(`${url}/echo`, { headers: { 'X-Forwarded-For': forwarded } });
  return ((await answer.json()) as { address: string }).address;
}

describe('the client address', () => {
  it.each<[string, TrustProxy | undefined, string, string]>([
    ['nobody', undefined, '203.0.113.7', '127.0.0.1'],
    ['nobody', false, '203.0.113.7', '127.0.0.1'],
    ['one hop', 1, '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['two hops', 2, '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['loopback', 'loopback', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['a subnet', 'loopback, 203.0.113.0/24', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['a list', ['127.0.0.1', '203.0.113.7'], '198.51.100.1,203.0.113.7', '198.51.100.1'],
    ['another proxy', '192.0.2.1', '203.0.113.7', '127.0.0.1'],
    ['everybody', true, '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['everybody, who may name nonsense', true, 'evil"x, 203.0.113.7', '203.0.113.7'],
    [
      'everybody, of more hops than are looked at',
      true,
      `192.0.2.9, ${'203.0.113.7, '.repeat(40)}198.51.100.1`,
      '203.0.113.7',
    ],
  ])('trusting %s', async (_who, trustProxy, forwarded, address) => {
    expect(await seen(trustProxy, forwarded)).toBe(address);
  });

  it('refuses to start with what is no address', () => {
    expect(() => clientAddress('not-an-address')).toThrow(TypeError);
  });
});
