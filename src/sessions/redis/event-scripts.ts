import { script } from './commands.js';
import { PREAMBLE } from './session-scripts.js';

const sessionScript = (body: string, durable = false) => script(PREAMBLE + body, { durable });

/**
 * ARGV: stream id, 1 where it ends, limits: events of a stream, streams and bytes of a session, and the messages.
 * Answers the positions of the events, or none when nothing was kept.
 *
 * A stream's score is the time of its latest append, and OPEN more while it has not ended: the lowest gives way first.
 * `sizes` holds the bytes of each stream, and under the empty name those of all.
 */
export const APPEND = sessionScript(
  `
local OPEN = 1e13
local stream, last = ARGV[5], ARGV[6]
local maxEvents, maxStreams, maxBytes = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
if not isOpen() then return {} end
local score = redis.call('ZSCORE', STREAMS, stream)
if score and tonumber(score) < OPEN then return {} end

local function grow(name, bytes)
  redis.call('HINCRBY', SIZES, name, bytes)
  return redis.call('HINCRBY', SIZES, '', bytes)
end
local function dropOldestEvent()
  local oldest = redis.call('XRANGE', eventsOf(stream), '-', '+', 'COUNT', 1)[1]
  redis.call('XDEL', eventsOf(stream), oldest[1])
  return grow(stream, 0 - #oldest[2][2])
end
local function dropStream()
  local victims = redis.call('ZRANGE', STREAMS, 0, 1)
  local victim = victims[1] == stream and victims[2] or victims[1]
  local total = grow(victim, 0 - tonumber(redis.call('HGET', SIZES, victim) or 0))
  redis.call('HDEL', SIZES, victim)
  redis.call('ZREM', STREAMS, victim)
  redis.call('UNLINK', eventsOf(victim))
  return total
end

local positions, bytes = {}, 0
for i = 10, #ARGV do
  positions[i - 9] = redis.call('XADD', eventsOf(stream), '*', 'm', ARGV[i], 'l', i == #ARGV and last or '0')
  bytes = bytes + #ARGV[i]
end
redis.call('PEXPIRE', eventsOf(stream), int(ttl + 2 * grace))
redis.call('ZADD', STREAMS, int(now + (last == '1' and 0 or OPEN)), stream)
local total = grow(stream, bytes)
while redis.call('XLEN', eventsOf(stream)) > maxEvents do total = dropOldestEvent() end
while redis.call('ZCARD', STREAMS) > maxStreams do total = dropStream() end
while total > maxBytes and redis.call('ZCARD', STREAMS) > 1 do total = dropStream() end
while total > maxBytes and redis.call('XLEN', eventsOf(stream)) > 1 do total = dropOldestEvent() end
renew()
wake(stream)
return positions`,
  true,
);

/** ARGV: stream id, position to read after (may be empty), limit. Answers the entries, or nothing when the position is unknown. */
export const READ = sessionScript(`
local stream, after, limit = ARGV[5], ARGV[6], tonumber(ARGV[7])
if after == '' then return isOpen() and limit > 0 and redis.call('XRANGE', eventsOf(stream), '-', '+', 'COUNT', limit) or {} end
if not isOpen() then return false end
local entries = redis.call('XRANGE', eventsOf(stream), after, '+', 'COUNT', limit + 1)
if not entries[1] or entries[1][1] ~= after then return false end
table.remove(entries, 1)
return entries`);

/** ARGV: stream id. Answers the newest position, or nothing. */
export const NEWEST = sessionScript(`
if not isOpen() then return false end
local newest = redis.call('XREVRANGE', eventsOf(ARGV[5]), '+', '-', 'COUNT', 1)[1]
return newest and newest[1]`);

/** ARGV: stream id. Answers 1, or 0 when there is no such session. */
export const FOLLOW = sessionScript(`
if not isOpen() then return 0 end
redis.call('SADD', FOLLOWERS, ARGV[5] .. ':' .. me)
redis.call('PEXPIRE', FOLLOWERS, redis.call('PTTL', RECORD))
return 1`);
