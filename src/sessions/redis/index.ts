import { BusChangeFeed } from '../change-feed.js';
import type { Storage } from '../contract.js';
import { StoreUnavailableError } from '../errors.js';
import { newNodeId } from '../node-id.js';
import { Receivers } from '../receivers.js';
import { database, describeTarget, clientMakers } from './client.js';
import { Commands } from './commands.js';
import { redisCounter } from './counter.js';
import { redisEventLog } from './event-log.js';
import { ExpiredSessions } from './expired-sessions.js';
import { failureNotes, isRefusal } from './failures.js';
import { Followers } from './followers.js';
import { Heartbeat } from './heartbeat.js';
import { Keys } from './keys.js';
import { redisMessageBus } from './message-bus.js';
import type { RedisStorageOptions } from './options.js';
import { SessionScope } from './session-scope.js';
import { redisSessionStore } from './session-store.js';
import { awaitStart, warnOfEviction } from './start.js';
import { Subscriber } from './subscriber.js';
import { redisTaskStore } from './task-store.js';
import { redisValueStore } from './value-store.js';

export type { FailureKind, RedisStorageOptions } from './options.js';

/**
 * Storage in Redis, shared by all nodes with the same prefix and database. Resolves when both connections are made;
 * rejects with {@link StoreUnavailableError}, whose cause says what is wrong, when they are not within `START_TIMEOUT_MS`.
 */
export async function openRedisStorage(options: RedisStorageOptions): Promise<Storage> {
  const {
    prefix = 'mcp-calc:',
    ttlMs,
    historyLimit,
    maxSessions,
    logger,
    onError,
    onExpired,
    cluster = false,
  } = options;
  const keys = new Keys(prefix, database(options));
  const clients = await clientMakers(options);
  const nodeId = newNodeId();
  const receivers = new Receivers(logger);
  const followers = new Followers(logger);

  const noteFailure = failureNotes({ logger, onError }, () => heartbeat.serving);
  const commands = new Commands(
    clients.commands,
    (kind, error) => noteFailure(kind, error),
    () => heartbeat.reconnectedElsewhere(),
    options.wait,
    options.trace,
  );
  const subscriber = new Subscriber(
    clients.subscriber,
    [keys.channel(nodeId), keys.all],
    {
      onMessage: (from, message) => from !== nodeId && receivers.deliver(message),
      onWake: (sessionId, streamId) => followers.wakeStream(sessionId, streamId),
      onSubscribed: () => heartbeat.reconnected(),
    },
    logger,
  );
  const scope = new SessionScope(commands, keys, nodeId, ttlMs, cluster, logger);
  const events = redisEventLog(scope, followers);
  const heartbeat: Heartbeat = new Heartbeat({
    nodeId,
    commands,
    subscriber,
    keys,
    cluster,
    restore: async () => {
      changes.resume();
      await events.restore();
    },
    logger,
  });
  const bus = redisMessageBus({ nodeId, commands, keys, receivers, heartbeat, cluster });
  const changes: BusChangeFeed = new BusChangeFeed(bus, (error) =>
    logger?.debug({ err: error }, 'The other nodes were not told of a change'),
  );
  const sessions = redisSessionStore({ scope, followers, historyLimit, maxSessions, logger });

  const expired = onExpired && new ExpiredSessions(scope, onExpired);

  const close = async () => {
    expired?.close();
    changes.close();
    await heartbeat.close();
    // Tells the others at once that this node is gone; when that fails, the lease runs out.
    if (commands.connection.ready) await commands.call('del', keys.lease(nodeId)).catch(() => undefined);
    await bus.close();
    commands.connection.close();
    subscriber.connection.close();
  };

  const storage: Storage = {
    mode: 'redis',
    sessions,
    events,
    bus,
    values: redisValueStore(commands, keys, logger),
    changes,
    tasks: redisTaskStore(commands, keys, logger),
    count: redisCounter(commands, keys),
    status() {
      if (commands.hung) return 'unavailable';
      if (isRefusal(heartbeat.trouble)) return 'refusing';
      return commands.connection.ready && subscriber.subscribed && !heartbeat.trouble ? 'ready' : 'reconnecting';
    },
    async ping() {
      // A Redis that takes no writes answers a ping as ever.
      if (heartbeat.trouble) throw new StoreUnavailableError(heartbeat.trouble);
      await commands.call('ping');
    },
    close,
  };
  try {
    await awaitStart(storage, commands, subscriber, heartbeat);
    await warnOfEviction(commands, logger);
    heartbeat.start();
    changes.start();
    return storage;
  } catch (error) {
    await close();
    throw new StoreUnavailableError(
      new Error(`${describeTarget(options)}: ${(error as Error).message}`, { cause: error }),
    );
  }
}
