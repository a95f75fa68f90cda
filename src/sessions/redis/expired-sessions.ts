import { SWEEP_INTERVAL_MS } from '../limits.js';
import { script } from './commands.js';
import type { SessionScope } from './session-scope.js';

/** Sessions that one script takes out of the index. */
const BATCH = 500;
/** Batches of one sweep; what is left waits for the next one. */
const BATCHES_PER_SWEEP = 200;

/** KEYS: index. ARGV: how many at most. Takes out the sessions that have expired, and answers their ids: of all nodes, one gets each. */
const TAKE_EXPIRED = script(`
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
if #ids > 0 then redis.call('ZREM', KEYS[1], unpack(ids)) end
return ids`);

/**
 * Redis lets keys expire in silence. The index of open sessions still has their ids, so every node looks there now and
 * then, beside all requests, and tells of those that it takes out. What a node took that dies before it told is not told,
 * nor is what expires when no node has looked for two intervals: the index ends with its sessions.
 */
export class ExpiredSessions {
  private readonly timer: NodeJS.Timeout;
  private sweeping = false;

  constructor(
    private readonly scope: SessionScope,
    private readonly onExpired: (sessionId: string) => void,
  ) {
    this.timer = setInterval(() => void this.sweep(), Math.min(scope.ttlMs, SWEEP_INTERVAL_MS)).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      for (let batch = 0; batch < BATCHES_PER_SWEEP; batch += 1) if ((await this.tellSome()) < BATCH) return;
    } catch {
      // Redis is away, which others tell: the next sweep finds the same sessions.
    } finally {
      this.sweeping = false;
    }
  }

  /** Resolves to how many were taken out. */
  private async tellSome(): Promise<number> {
    const { commands, keys, cluster } = this.scope;
    const ids = (await commands.run(TAKE_EXPIRED, [keys.index], [BATCH])) as string[];
    for (const id of ids) {
      // In a cluster the index is noted later than the session is used, and what failed to be noted is only late.
      if (cluster && (await commands.call('exists', keys.session(id)[0])) === 1) await this.scope.index(id);
      else this.onExpired(id);
    }
    return ids.length;
  }
}
