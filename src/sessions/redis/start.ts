import { setTimeout as pause } from 'node:timers/promises';
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

/** Several addresses of one host make an AggregateError, which has no message of its own; a cluster's names its last node error. */
function describeError(error: Error & { code?: string; lastNodeError?: Error }): string {
  if (error.lastNodeError) return describeError(error.lastNodeError);
  if (error instanceof AggregateError) return (error.errors as Error[]).map((each) => each.message).join(', ');
  return error.message || error.code || error.name;
}
