import type { ServerConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Storage } from '../sessions/contract.js';
import { redactText } from '../text/secrets.js';
import { tellSessionEnd } from '../transports/session-end.js';
import type { Telemetry } from '../telemetry/contract.js';
import { StorageUnreachableError } from './errors.js';
import { tracedStorage } from './traced-storage.js';

export type StorageConfig = Pick<ServerConfig, 'redis' | 'sessionTtlMs' | 'historyLimit' | 'maxSessions'>;

/** Where the state is, in words for the start line: what turned Redis on may be a variable that nobody remembers. */
export function whereKept(redis: StorageConfig['redis']): string {
  return redis ? `in Redis by ${redis.turnedOnBy}` : 'in memory';
}

/** Opens the storage that the flags ask for; ioredis is loaded only with `--redis`. */
export async function openStorage(
  config: StorageConfig,
  logger: Logger,
  metrics?: Metrics,
  telemetry?: Telemetry,
): Promise<Storage> {
  const { redis, sessionTtlMs: ttlMs, historyLimit, maxSessions } = config;
  let storage: Storage | undefined;
  const onExpired =
    metrics &&
    ((sessionId: string) => {
      tellSessionEnd({ logger, metrics }, sessionId, 'expired');
      // Its calls whose client has left may wait for an answer that nobody can give any more.
      storage?.bus.tellAll({ kind: 'end', sessionId }).catch(() => undefined);
    });
  const common = { ttlMs, historyLimit, maxSessions, logger, onExpired };
  if (redis === undefined) {
    const { openMemoryStorage } = await import('../sessions/memory/index.js');
    return (storage = openMemoryStorage(common));
  }
  const { openRedisStorage } = await import('../sessions/redis/index.js');
  try {
    storage = await openRedisStorage({
      ...redis,
      ...common,
      onError: (kind) => metrics?.storeError(kind),
      trace: telemetry?.command,
    });
    return telemetry ? tracedStorage(storage, telemetry) : storage;
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof Error)) throw error;
    throw new StorageUnreachableError(`Redis can't be reached: ${redactText(error.cause.message)}`, { cause: error });
  }
}
