// Answers that were given: in this process, or in the Redis that all processes share.
import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import { LRUCache } from 'lru-cache';

const MAX_ENTRIES = 1_000;
/** How long Redis is waited for: a model is not that much slower. */
const REDIS_MS = 500;

/** `get(key)` resolves to an answer or undefined, `set(key, answer)` keeps it for `ttlMs`. */
export function openCache(redisUrl, ttlMs) {
  if (ttlMs === 0) return { get: () => undefined, set: () => undefined };
  return redisUrl ? inRedis(redisUrl, ttlMs) : inMemory(ttlMs);
}

function inMemory(ttl) {
  const answers = new LRUCache({ max: MAX_ENTRIES, ttl });
  return { get: (key) => answers.get(key), set: (key, answer) => void answers.set(key, answer) };
}

/** A Redis that is away is an empty cache, and no error: a command fails at once until it is there again. */
function inRedis(url, ttlMs) {
  const client = createClient({ url, disableOfflineQueue: true, commandOptions: { timeout: REDIS_MS } });
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return {
    get: (key) =>
      client
        .get(key)
        .then(JSON.parse)
        .catch(() => undefined),
    set: (key, answer) => client.set(key, JSON.stringify(answer), { PX: ttlMs }).catch(() => undefined),
  };
}

/** What a question is kept under: nothing of it can be read there. */
export function cacheKey(...parts) {
  return `model-gateway:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
