import { createRemoteJWKSet, customFetch, errors } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { createHash } from 'node:crypto';
import { readBounded } from '../net/body.js';
import { AuthorizationServerUnavailableError } from './errors.js';
import type { Clock } from './verifier.js';

/** How long the key set may take to arrive. */
export const JWKS_TIMEOUT_MS = 2_000;
/** Bytes of a key set. */
export const JWKS_BODY_LIMIT = 262_144;
/** A token with an unknown key fetches the key set anew, but not more often than this. */
export const JWKS_COOLDOWN_MS = 5_000;
/** How long a fetched key set is used without asking again. */
export const JWKS_MAX_AGE_MS = 600_000;
/** After a failed fetch, tokens are answered with the same failure for this long, so an outage is not hammered. */
export const JWKS_RETRY_MS = 1_000;
/** Keys that are remembered as absent from the key set. */
const ABSENT_KEYS = 1_000;

/** The search for the key of one token. */
export interface KeySearch {
  /**
   * Finds the key, fetching the key set where it holds none. Rejects with an error of jose where a key set that was asked for
   * after the token came has no such key, and with {@link AuthorizationServerUnavailableError} where that can't be found out yet.
   */
  readonly find: JWTVerifyGetKey;
  /** For a key that was found and does not fit: true where there is a newer key set to look at, else the same as `find`. */
  renew(): Promise<boolean>;
}

/**
 * The remote key set (RFC 7517). A key that it doesn't hold may be newer than it is: such a token is refused only by a key set
 * that was fetched since, and until one may be fetched, its holder has to wait.
 */
export function remoteKeySet(url: string, now: Clock): { search(token: string): KeySearch } {
  let failure: { at: number; cause: unknown } | undefined;
  let fetches = 0;
  let fetchedAt = -Infinity;
  /** What the last key set was fetched for and did not hold. */
  const absent = new Set<string>();
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    // Whether to fetch anew is decided here.
    cooldownDuration: Infinity,
    cacheMaxAge: JWKS_MAX_AGE_MS,
    [customFetch]: async (address, init) => {
      if (failure && now() - failure.at < JWKS_RETRY_MS) throw new AuthorizationServerUnavailableError(failure.cause);
      fetches += 1;
      fetchedAt = now();
      absent.clear();
      const response = await fetch(address, init);
      return response.body ? new Response(await readBounded(response.body, JWKS_BODY_LIMIT), response) : response;
    },
  });

  /** Runs what may fetch; a failure to get the key set is told apart from a key that it does not hold. */
  async function asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      failure = undefined;
      return answer;
    } catch (error) {
      if (error instanceof AuthorizationServerUnavailableError || isAboutKey(error)) throw error;
      failure = { at: now(), cause: error };
      throw new AuthorizationServerUnavailableError(error);
    }
  }

  return {
    search(token) {
      const before = fetches;
      let sought = `token ${token}`;
      const renew = async (): Promise<boolean> => {
        const mark = createHash('sha256').update(sought).digest('base64url');
        const cooling = now() - fetchedAt < JWKS_COOLDOWN_MS;
        if (fetches > before) return note(mark);
        if (cooling && absent.has(mark)) return false;
        if (cooling && !remote.reloading) throw unknown('The key set was fetched a moment ago, without this key');
        await asking(() => remote.reload());
        return true;
      };
      const note = (mark: string): false => {
        if (absent.size < ABSENT_KEYS) absent.add(mark);
        return false;
      };
      const find: JWTVerifyGetKey = async (header, parts) => {
        if (header.kid !== undefined) sought = `kid ${header.kid}`;
        const look = () => asking(() => remote(header, parts));
        try {
          return await look();
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey) || !(await renew())) throw error;
          return await look().catch(async (again: unknown) => {
            if (!(again instanceof errors.JWKSNoMatchingKey)) throw again;
            // Another token's fetch, which was under way before this one came, proves nothing.
            if (fetches === before) throw unknown('The key set was asked for before this token came');
            await renew();
            throw again;
          });
        }
      };
      return { find, renew };
    },
  };
}

function unknown(why: string): AuthorizationServerUnavailableError {
  return new AuthorizationServerUnavailableError(new Error(why));
}

function isAboutKey(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
