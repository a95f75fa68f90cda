/** The names of all that we keep in Redis. Keys of one session share its hash tag, hence its slot in a cluster. */
export class Keys {
  readonly all: string;
  /** Open sessions of all nodes by their expiry: a sorted set. */
  readonly index: string;

  constructor(
    private readonly prefix: string,
    private readonly database: number,
  ) {
    if (/[{}]/.test(prefix))
      throw new RangeError('A key prefix must not contain braces: they would take the place of the hash tag');
    this.all = `${prefix}${database}:all`;
    this.index = `${prefix}sessions`;
  }

  /** Record, history, followers, streams, sizes: in the order in which the scripts name them. */
  session(id: string): [record: string, history: string, followers: string, streams: string, sizes: string] {
    const base = `${this.prefix}{${id}}:`;
    return [`${base}session`, `${base}history`, `${base}followers`, `${base}streams`, `${base}sizes`];
  }

  task(id: string): string {
    return `${this.prefix}{${id}}:task`;
  }

  /** The tasks of one owner by their end: a sorted set. */
  tasks(owner: string): string {
    return `${this.prefix}tasks:${owner}`;
  }

  /** A value that belongs to no session, under the name that 1.0.0 gave it. Its key may bring a hash tag of its own. */
  value(key: string): string {
    return `${this.prefix}auth:${key}`;
  }

  /** A count, under the name that 1.0.0 gave it: nodes of both count together. */
  count(key: string): string {
    return `${this.prefix}mcp-calc:rate:${key}`;
  }

  lease(nodeId: string): string {
    return `${this.prefix}node:${nodeId}:lease`;
  }

  /** A node's channel, or what all of them begin with. */
  channel(nodeId = ''): string {
    return `${this.prefix}${this.database}:node:${nodeId}`;
  }
}
