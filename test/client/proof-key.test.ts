import type { OAuthDiscoveryState } from '@modelcontextprotocol/client';
import { EmbeddedJWK, calculateJwkThumbprint, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { memoryCredentials } from '../../src/client/oauth/credentials.js';
import { PersonProvider } from '../../src/client/oauth/provider.js';

const SERVER = 'https://mcp.example/mcp';
const discovery = (more: object) =>
  ({
    authorizationServerUrl: 'https://auth.example',
    authorizationServerMetadata: { code_challenge_methods_supported: ['S256'], ...more },
  }) as unknown as OAuthDiscoveryState;

describe('tokens that are bound to a key (RFC 9449)', () => {
  test('are asked for only where the authorization server says that it binds them, by a signature that is known here', async () => {
    for (const more of [
      {},
      { dpop_signing_alg_values_supported: ['EdDSA'] },
      { dpop_signing_alg_values_supported: 'ES256' },
    ]) {
      const provider = new PersonProvider(SERVER, memoryCredentials(), {});
      provider.saveDiscoveryState(discovery(more));
      expect(await provider.dpop()).toBeUndefined();
    }
  });

  test('can be used by the next process: the key is kept beside them', async () => {
    const store = memoryCredentials();
    const first = new PersonProvider(SERVER, store, {});
    first.saveDiscoveryState(discovery({ dpop_signing_alg_values_supported: ['ES256'] }));
    const made = await first.dpop();
    const second = await new PersonProvider(SERVER, store, {}).dpop();
    expect(made?.thumbprint).toBeDefined();
    expect(second?.thumbprint).toBe(made?.thumbprint);

    const proof = String(await second?.buildProof({ htm: 'POST', htu: SERVER, accessToken: 'abc' }));
    const { payload } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
    expect(payload).toMatchObject({ htm: 'POST', htu: SERVER });
    expect(await calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK)).toBe(made?.thumbprint);
    expect(JSON.stringify(second?.publicJwk)).not.toContain('"d"');
  });
});
