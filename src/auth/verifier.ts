import { createHash } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';

/** Turns a bearer token into what is known of its holder. One implementation for each `--auth` mode. */
export interface Verifier {
  /**
   * Resolves to the token's facts: `expiresAt` in seconds since the epoch, `extra.issuer` and `extra.subject`
   * always set. Rejects with the SDK's `InvalidTokenError` for a token that is not valid here, and with
   * `AuthorizationServerUnavailableError` or `StoreUnavailableError` where that could not be found out.
   */
  verify(token: string): Promise<AuthInfo>;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** Tokens that one cache remembers; the least recently used is forgotten. */
export const REMEMBERED_TOKENS = 10_000;

export interface MemoryOptions {
  /** How long a good answer is trusted. A token's own expiry ends it sooner. */
  readonly ttlMs: number;
  readonly entries?: number;
  /** For the token's own expiry. */
  readonly now?: Clock;
  /** For `ttlMs`: milliseconds of a clock that nobody sets. */
  readonly monotonic?: Clock;
}

/**
 * Remembers the good answers of a verifier, and asks it once where several requests bring the same token at the
 * same time. Refusals are not remembered: a token may be unknown only for the moment. Keys are hashes, so that the
 * memory holds no usable token beside the answers.
 */
export function remembering(
  verifier: Verifier,
  { ttlMs, entries = REMEMBERED_TOKENS, now = Date.now, monotonic = () => performance.now() }: MemoryOptions,
): Verifier {
  const known = new Map<string, { auth: AuthInfo; until: number }>();
  const asking = new Map<string, Promise<AuthInfo>>();

  async function ask(token: string, key: string): Promise<AuthInfo> {
    const auth = await verifier.verify(token);
    if (known.size >= entries) known.delete(known.keys().next().value as string);
    known.set(key, { auth, until: monotonic() + ttlMs });
    return auth;
  }

  return {
    verify(token) {
      const key = createHash('sha256').update(token).digest('base64url');
      const hit = known.get(key);
      known.delete(key);
      if (hit && hit.until > monotonic() && (hit.auth.expiresAt ?? 0) * 1000 > now()) {
        // A Map keeps the order of insertion: put back last, the first is the least recently used.
        known.set(key, hit);
        return Promise.resolve(hit.auth);
      }
      const answer = asking.get(key) ?? ask(token, key).finally(() => asking.delete(key));
      asking.set(key, answer);
      return answer;
    },
  };
}
