import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as 43 characters: a code, a token, a state. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** 128 random bits as 22 characters: a name that need not be secret, but must not repeat. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}

/** What is stored in place of a secret. The secrets are random, so a plain hash can't be reversed by guessing. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Compares in a time that tells nothing of where the two differ. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));
}
