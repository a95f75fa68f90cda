import type { ServerConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Storage } from '../sessions/contract.js';
import { StorageUnreachableError } from './errors.js';

/** Opens the storage that the flags ask for; ioredis is loaded only with `--redis`. */
export async function openStorage(config: ServerConfig, logger: Logger, metrics: Metrics): Promise<Storage> {
  const { redis, sessionTtlMs: ttlMs, historyLimit, maxSessions } = config;
  if (redis === undefined) {
    const { openMemoryStorage } = await import('../sessions/memory/index.js');
    return openMemoryStorage({ ttlMs, historyLimit, maxSessions, logger });
  }
  const { openRedisStorage } = await import('../sessions/redis/index.js');
  const { url, cluster, sentinel, prefix } = redis;
  const opening = openRedisStorage({
    url,
    cluster,
    ...(sentinel && { sentinel }),
    prefix,
    ttlMs,
    historyLimit,
    maxSessions,
    logger,
    onError: (kind) => metrics.storeError(kind),
  });
  return opening.catch((error: unknown) => {
    if (!(error instanceof Error && error.cause instanceof Error)) throw error;
    throw new StorageUnreachableError(`Redis can't be reached: ${error.cause.message}`, { cause: error });
  });
}
