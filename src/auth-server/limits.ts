/** How long things of the authorization server live, all in milliseconds. */
export interface Lifetimes {
  /** From the request to the person's decision. */
  readonly flow: number;
  /** From the decision back to the client's token request (RFC 6749 §4.1.2 allows ten minutes at most). */
  readonly code: number;
  readonly accessToken: number;
  /** Renewed by each use; with the last refresh token the grant ends. */
  readonly refreshToken: number;
  /** A registered client that nobody uses; renewed by each new grant. */
  readonly client: number;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

export const LIFETIMES: Lifetimes = {
  flow: 10 * MINUTE,
  code: MINUTE,
  accessToken: 15 * MINUTE,
  refreshToken: 7 * DAY,
  client: 30 * DAY,
};

/** Requests of one client address in a window, by endpoint. */
export const LIMITS = [
  { path: '/authorize', windowMs: 15 * MINUTE, max: 100 },
  { path: '/fakeupstreamauth', windowMs: 15 * MINUTE, max: 200 },
  { path: '/token', windowMs: 15 * MINUTE, max: 300 },
  { path: '/register', windowMs: 60 * MINUTE, max: 60 },
  { path: '/revoke', windowMs: 15 * MINUTE, max: 100 },
] as const;
