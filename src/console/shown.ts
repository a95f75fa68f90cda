// What the server tells its page, in the words of both.

/** What the page is told of the server. */
export interface About {
  readonly name: string;
  readonly version: string;
  readonly node: string;
  /** The paths of what is served. */
  readonly mcp: boolean;
  readonly sse: boolean;
  readonly eras: readonly string[];
  readonly stateful: boolean;
  readonly storage: string;
  /** Whether a token is asked for. */
  readonly auth: boolean;
}

/** A session as the page shows it: its id is a key to it for who is not signed in, and so never leaves the server whole. */
export interface ShownSession {
  /** By which it can be ended. */
  readonly key: string;
  readonly id: string;
  readonly client: string;
  readonly version: string;
  readonly protocol: string;
  readonly owner: string | undefined;
  /** The node of its connection; undefined where any node serves it. */
  readonly node: string | undefined;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly lastActivity: number;
  readonly requests: number;
}

export interface ShownSessions {
  readonly open: number;
  readonly sessions: readonly ShownSession[];
}
