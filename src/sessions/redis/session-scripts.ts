import { SWEEP_INTERVAL_MS } from '../limits.js';
import { script } from './commands.js';
import { RECORD_FIELDS } from './record.js';
import { NEWER_RECORD, RECORD_VERSION } from './record-version.js';

/**
 * What every script of a session begins with.
 *
 * KEYS: record (hash), history (list), followers (set of `stream:node`), streams (sorted set), sizes (hash), and, unless
 * Redis is a cluster, the index of open sessions. ARGV: session id, TTL in ms, own node id, prefix of node channels.
 * An event stream's key is derived from the record's: it has the same hash tag, so it is in the slot that KEYS names.
 *
 * A stream's key gets a tenth of the TTL on top and is renewed when that much has passed, so a request
 * doesn't pay for every stream; that the record exists is what makes a stream readable. The index outlives its last session
 * by two sweeps, which find there who has expired.
 */
export const PREAMBLE = `
local RECORD, HISTORY, FOLLOWERS, STREAMS, SIZES, INDEX = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local id, ttl, me, channel = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local grace = math.ceil(ttl / 10)
local function int(number) return string.format('%.0f', number) end
local function eventsOf(stream) return string.sub(RECORD, 1, -8) .. 'events:' .. stream end
-- A record without a version would be one of 1.0.0, which knows this one.
local version = redis.call('HGET', RECORD, 'v') or redis.call('EXISTS', RECORD) == 1 and '${RECORD_VERSION}'
if version and version ~= '${RECORD_VERSION}' then return redis.error_reply('${NEWER_RECORD} ' .. version) end
local function isOpen() return version end
local function renew()
  for _, key in ipairs({ RECORD, HISTORY, FOLLOWERS, STREAMS, SIZES }) do redis.call('PEXPIRE', key, ttl) end
  if INDEX then
    redis.call('ZADD', INDEX, int(now + ttl), id)
    redis.call('PEXPIRE', INDEX, int(ttl + 2 * math.min(ttl, ${SWEEP_INTERVAL_MS})))
  end
  local renewed = tonumber(redis.call('HGET', RECORD, 'renewed') or 0)
  if now - renewed >= grace then
    redis.call('HSET', RECORD, 'renewed', int(now))
    for _, stream in ipairs(redis.call('ZRANGE', STREAMS, 0, -1)) do
      redis.call('PEXPIRE', eventsOf(stream), int(ttl + 2 * grace))
    end
  end
end
local function wake(only)
  for _, member in ipairs(redis.call('SMEMBERS', FOLLOWERS)) do
    local stream, node = string.match(member, '^(.*):(.*)$')
    if node ~= me and (not only or stream == only) then
      local heard = redis.call('PUBLISH', channel .. node, cjson.encode({ wake = { id, stream } }))
      -- In a cluster the count is that of one server; elsewhere nobody means that the node is gone.
      if heard == 0 and INDEX then redis.call('SREM', FOLLOWERS, member) end
    end
  end
end
`;

const sessionScript = (body: string) => script(PREAMBLE + body);
/** One that changes what a client is told is kept. Counting a request and renewing a TTL are not such changes. */
const durableScript = (body: string) => script(PREAMBLE + body, { durable: true });

/**
 * ARGV: limit of open sessions, then the fields and values of the record. Answers `created`, `exists` or `full`.
 *
 * The record is the first that is written: a Redis that is out of memory refuses a script's first write alone, and if that
 * is one that frees memory, none. A session would be handed out that no request can then use.
 */
export const CREATE = durableScript(`
if redis.call('EXISTS', RECORD) == 1 then return 'exists' end
if INDEX and redis.call('ZCOUNT', INDEX, '(' .. int(now), '+inf') >= tonumber(ARGV[5]) then return 'full' end
redis.call('HSET', RECORD, 'v', '${RECORD_VERSION}', 'createdAt', int(now), 'lastActivity', int(now), unpack(ARGV, 6))
renew()
return 'created'`);

/** Reads a record, as a value that a script returns. */
const READ = `redis.call('HMGET', RECORD, ${RECORD_FIELDS.map((name) => `'${name}'`).join(', ')})`;

/**
 * ARGV: the owner, empty where nobody signed in. Answers the values of {@link RECORD_FIELDS}; nothing for another's session, and for one
 * that there is not.
 */
export const TOUCH = sessionScript(`
if not isOpen() or (redis.call('HGET', RECORD, 'owner') or '') ~= ARGV[5] then return false end
redis.call('HINCRBY', RECORD, 'requestCount', 1)
redis.call('HSET', RECORD, 'lastActivity', int(now))
renew()
return ${READ}`);

/** Answers the values of {@link RECORD_FIELDS}, or nothing when there is no such session. */
export const PEEK = sessionScript(`
return isOpen() and ${READ}`);

/** Answers the URIs that the session subscribes to, with what stands before them. */
export const SUBSCRIPTIONS = sessionScript(`
return isOpen() and redis.call('HKEYS', RECORD) or {}`);

/** ARGV: a URI. Answers 1 when the session subscribes to it. */
export const IS_SUBSCRIBED = sessionScript(`
return isOpen() and redis.call('HEXISTS', RECORD, 'sub:' .. ARGV[5]) or 0`);

/** Answers 1, or 0 when there is no such session. */
export const RENEW = sessionScript(`
if not isOpen() then return 0 end
renew()
return 1`);

/**
 * ARGV: limits of subscriptions and of the bytes of their URIs, URI to subscribe to, URI to unsubscribe from (both may be
 * empty), then fields and values to set. Answers 1; 0 when there is no such session; -1 at a limit, with nothing applied.
 */
export const UPDATE = durableScript(`
if not isOpen() then return 0 end
local subscribe, unsubscribe = 'sub:' .. ARGV[7], 'sub:' .. ARGV[8]
if subscribe ~= 'sub:' and redis.call('HEXISTS', RECORD, subscribe) == 0 then
  if tonumber(redis.call('HGET', RECORD, 'subscribed') or 0) >= tonumber(ARGV[5]) then return -1 end
  -- Counted anew each time: a node of 1.0.0 keeps no count of bytes.
  local bytes = #subscribe - 4
  for _, field in ipairs(redis.call('HKEYS', RECORD)) do
    if string.sub(field, 1, 4) == 'sub:' then bytes = bytes + #field - 4 end
  end
  if bytes > tonumber(ARGV[6]) then return -1 end
  redis.call('HSET', RECORD, subscribe, '')
  redis.call('HINCRBY', RECORD, 'subscribed', 1)
end
if unsubscribe ~= 'sub:' and redis.call('HDEL', RECORD, unsubscribe) == 1 then
  redis.call('HINCRBY', RECORD, 'subscribed', -1)
end
if #ARGV > 8 then redis.call('HSET', RECORD, unpack(ARGV, 9)) end
renew()
return 1`);

/** Answers 1, or 0 when there was no such session. */
export const END = durableScript(`
local existed = isOpen() and 1 or 0
wake()
for _, stream in ipairs(redis.call('ZRANGE', STREAMS, 0, -1)) do redis.call('UNLINK', eventsOf(stream)) end
redis.call('UNLINK', RECORD, HISTORY, FOLLOWERS, STREAMS, SIZES)
-- One that has expired is left to the sweep, which tells so.
if INDEX and existed == 1 then redis.call('ZREM', INDEX, id) end
return existed`);

/** ARGV: history limit, entry. Answers the session's calculation count, or nothing when there is no such session. */
export const APPEND_HISTORY = durableScript(`
if not isOpen() then return false end
if tonumber(ARGV[5]) > 0 then
  redis.call('LPUSH', HISTORY, ARGV[6])
  redis.call('LTRIM', HISTORY, 0, ARGV[5] - 1)
end
local count = redis.call('HINCRBY', RECORD, 'calculationCount', 1)
renew()
return count`);

/** ARGV: limit. Answers the newest entries, newest first. */
export const HISTORY = sessionScript(`
return isOpen() and redis.call('LRANGE', HISTORY, 0, ARGV[5] - 1) or {}`);

/** KEYS: index. Answers how many sessions are open. */
export const COUNT = script(`
local time = redis.call('TIME')
return redis.call('ZCOUNT', KEYS[1], string.format('(%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), '+inf')`);

/** KEYS: index. ARGV: session id, TTL in ms. For a cluster, where the index is in a slot of its own. */
export const INDEX_SESSION = script(`
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]), ARGV[1])
return redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ARGV[2] + 2 * math.min(ARGV[2], ${SWEEP_INTERVAL_MS})))`);
