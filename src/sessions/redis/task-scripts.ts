import { script } from './commands.js';
import { NEWER_RECORD, RECORD_VERSION } from './record-version.js';

/** KEYS: the task (hash). What every script of a task begins with. */
const PREAMBLE = `
local TASK = KEYS[1]
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local version = redis.call('HGET', TASK, 'v')
if version and version ~= '${RECORD_VERSION}' then return redis.error_reply('${NEWER_RECORD} ' .. version) end
local function isOpen()
  local status = redis.call('HGET', TASK, 'status')
  return status == 'working' or status == 'input_required'
end
`;

/** Fields and what each stands for: `q:` a question, `a:` an answer, by their keys. */
export const QUESTION = 'q:';
export const ANSWER = 'a:';

/**
 * KEYS: the tasks of one owner, by their end (zset). ARGV: id, lifetime in ms, limit. Answers 0 when there are too many. It is in a
 * slot of its own, and so counted before its task is there: what fails in between is counted until its end.
 */
export const RESERVE = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function int(number) return string.format('%.0f', number) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', int(now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], int(now + ARGV[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], int(math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2]))))
return 1`);

/** ARGV: lifetime in ms, then the fields of the task. Answers when it was created. */
export const CREATE = script(
  `${PREAMBLE}
redis.call('HSET', TASK, 'v', '${RECORD_VERSION}', 'status', 'working', 'createdAt', now, 'updatedAt', now, unpack(ARGV, 2))
redis.call('PEXPIRE', TASK, ARGV[1])
return now`,
  { durable: true },
);

/** Answers all fields and values of the task. */
export const READ = script(`${PREAMBLE}
return redis.call('HGETALL', TASK)`);

/**
 * ARGV: the status and the outcome of its end, a message, whether it leaves its node, field and text of a question (all may be
 * empty), then fields that go. Answers 1, or 0 when the task has ended or is gone.
 */
export const UPDATE = script(
  `${PREAMBLE}
if not isOpen() then return 0 end
if ARGV[3] ~= '' then redis.call('HSET', TASK, 'message', ARGV[3]) end
if ARGV[4] ~= '' then redis.call('HDEL', TASK, 'node') end
if ARGV[5] ~= '' then redis.call('HSET', TASK, ARGV[5], ARGV[6], 'status', 'input_required') end
for index = 7, #ARGV do redis.call('HDEL', TASK, ARGV[index]) end
if ARGV[1] ~= '' then
  for _, field in ipairs(redis.call('HKEYS', TASK)) do
    local kind = string.sub(field, 1, 2)
    if kind == '${QUESTION}' or kind == '${ANSWER}' then redis.call('HDEL', TASK, field) end
  end
  redis.call('HDEL', TASK, 'node')
  redis.call('HSET', TASK, 'status', ARGV[1])
  if ARGV[2] ~= '' then redis.call('HSET', TASK, 'outcome', ARGV[2]) end
end
redis.call('HSET', TASK, 'updatedAt', now)
return 1`,
  { durable: true },
);

/** ARGV: keys and answers. Answers how many of them had a question. */
export const GIVE = script(
  `${PREAMBLE}
if not isOpen() then return 0 end
local taken = 0
for index = 1, #ARGV, 2 do
  if redis.call('HDEL', TASK, '${QUESTION}' .. ARGV[index]) == 1 then
    redis.call('HSET', TASK, '${ANSWER}' .. ARGV[index], ARGV[index + 1])
    taken = taken + 1
  end
end
if taken == 0 then return 0 end
local status = 'working'
for _, field in ipairs(redis.call('HKEYS', TASK)) do
  if string.sub(field, 1, 2) == '${QUESTION}' then status = 'input_required' end
end
redis.call('HSET', TASK, 'status', status, 'updatedAt', now)
return taken`,
  { durable: true },
);
