import * as z from 'zod';
import type { Storage } from '../contract.js';
import { StoreUnavailableError } from '../errors.js';
import { COUNT_TIMEOUT_MS } from '../limits.js';
import { type Commands, script } from './commands.js';
import { withDeadline } from '../../net/time-limit.js';
import type { Keys } from './keys.js';

/** KEYS: the count. ARGV: window in ms, by how much. Answers the count, and the ms that the window has left. */
const COUNT_MORE = script(`
local left = redis.call('PTTL', KEYS[1])
if left > 0 then return {redis.call('INCRBY', KEYS[1], ARGV[2]), left} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
return {tonumber(ARGV[2]), tonumber(ARGV[1])}`);

const counted = z.tuple([z.number(), z.number()]);

/** Counts in Redis, for all nodes together. */
export function redisCounter(commands: Commands, keys: Keys): Storage['count'] {
  return async (key, windowMs, by = 1) => {
    const counting = commands.run(COUNT_MORE, [keys.count(key)], [windowMs, by]);
    // Slow for one count is not yet slow for a session: that Redis hangs is told by the deadline of commands alone.
    const reply = await withDeadline(counting, COUNT_TIMEOUT_MS).catch((error: unknown) => {
      throw error instanceof StoreUnavailableError ? error : new StoreUnavailableError(error);
    });
    const [hits, leftMs] = counted.parse(reply);
    return { hits, leftMs };
  };
}
