import { webcrypto } from 'node:crypto';
import { DpopSession, generateDpopKeyPair } from '@modelcontextprotocol/client';
import type { DpopKeyPair } from '@modelcontextprotocol/client';

/** A key that proves possession of tokens (DPoP, RFC 9449), as it is kept beside them: without it they are worth nothing. */
export interface ProofKey {
  readonly privateJwk: webcrypto.JsonWebKey;
  readonly publicJwk: DpopKeyPair['publicJwk'];
  /** RFC 7638. */
  readonly thumbprint: string;
}

const ALGORITHM = 'ES256';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

export async function makeProofKey(): Promise<ProofKey> {
  const { privateKey, publicJwk, thumbprint } = await generateDpopKeyPair({ alg: ALGORITHM, extractable: true });
  return {
    privateJwk: await webcrypto.subtle.exportKey('jwk', privateKey as webcrypto.CryptoKey),
    publicJwk,
    thumbprint,
  };
}

/** What signs requests with a key that was kept. */
export async function proofSession({ privateJwk, publicJwk, thumbprint }: ProofKey): Promise<DpopSession> {
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('jwk', privateJwk, CURVE, false, ['sign']),
    webcrypto.subtle.importKey('jwk', publicJwk as webcrypto.JsonWebKey, CURVE, true, ['verify']),
  ]);
  const keyPair = { privateKey, publicKey, publicJwk, thumbprint, alg: ALGORITHM } as DpopKeyPair;
  return DpopSession.create({ keyPair });
}
