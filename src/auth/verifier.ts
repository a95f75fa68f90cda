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
