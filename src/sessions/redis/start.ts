import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../log.js';
import type { Storage } from '../contract.js';
import type { Commands } from './commands.js';
import { isRefusal, reasonOf } from './failures.js';
import type { Heartbeat } from './heartbeat.js';
import type { Subscriber } from './subscriber.js';
import { START_TIMEOUT_MS } from './timing.js';

const LOOK_EVERY_MS = 10;
/** Trying again does not help: wrong credentials, rights that are missing, a certificate that is not trusted. */
const HOPELESS =
  /^(it refuses to serve: )?(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password|ERR DB index|ERR The user executing the script can't)|certificate/i;

/**
 * Resolves when both connections serve and the first heartbeat is written; rejects with what is wrong when that is not so
 * within `START_TIMEOUT_MS`.
 */
export async function awaitStart(
  storage: Storage,
  commands: Commands,
  subscriber: Subscriber,
  heartbeat: Heartbeat,
): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (storage.status() !== 'ready') {
    const refusal = isRefusal(heartbeat.trouble) ? (heartbeat.trouble as Error) : undefined;
    const error = refusal ?? commands.connection.lastError ?? subscriber.connection.lastError;
    const reason = error && (refusal ? `it refuses to serve: ${reasonOf(refusal)}` : describeError(error));
    if (reason !== undefined && HOPELESS.test(reason)) throw new Error(reason, { cause: error });
    if (performance.now() > deadline)
      throw new Error(reason ?? `no answer within ${START_TIMEOUT_MS} ms`, { cause: error });
    await pause(LOOK_EVERY_MS);
  }
}

/** Warns where Redis throws keys away when its memory is full: all of ours have a TTL, so that any policy but one takes them. */
export async function warnOfEviction(commands: Commands, logger: Logger | undefined): Promise<void> {
  // Who may not ask is not told.
  const info = String(await commands.call('info', 'memory').catch(() => ''));
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return;
  logger?.warn(
    { policy },
    `Redis throws sessions away when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction`,
  );
}

/** Several addresses of one host make an AggregateError, which has no message of its own; a cluster's names its last node error. */
function describeError(error: Error & { code?: string; lastNodeError?: Error }): string {
  if (error.lastNodeError) return describeError(error.lastNodeError);
  if (error instanceof AggregateError) return (error.errors as Error[]).map((each) => each.message).join(', ');
  return error.message || error.code || error.name;
}
