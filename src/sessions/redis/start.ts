import { setTimeout as pause } from 'node:timers/promises';
import type { Storage } from '../contract.js';
import type { Commands } from './commands.js';
import type { Subscriber } from './subscriber.js';
import { START_TIMEOUT_MS } from './timing.js';

const LOOK_EVERY_MS = 10;
/** Trying again does not help: wrong credentials, rights that are missing, a certificate that is not trusted. */
const HOPELESS = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password|ERR DB index)|certificate/i;

/** Resolves when both connections serve; rejects with what is wrong when they do not within `START_TIMEOUT_MS`. */
export async function awaitStart(storage: Storage, commands: Commands, subscriber: Subscriber): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (storage.status() !== 'ready') {
    const error = commands.connection.lastError ?? subscriber.connection.lastError;
    const reason = error && describeError(error);
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
