/** Who calls, as the server around knows it: it has signed the caller in by itself. */
export interface HostCaller {
  /** What never changes of this person or program: sessions and histories are its own. */
  readonly subject: string;
  /** Who says so, where there are several; subjects of different issuers are different callers. */
  readonly issuer?: string;
  readonly clientId?: string;
  /** What tools with `scopes` ask for. */
  readonly scopes?: readonly string[];
  /** What else tools see of the caller, as `context.caller.claims`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch, from when on the caller has to sign in anew: what it listens to ends then. */
  readonly expiresAt?: number;
}
