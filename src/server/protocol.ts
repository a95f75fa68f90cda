import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.js';
import type { StateOptions } from '../protocol/modern/states.js';
import { Tasks } from '../protocol/modern/tasks/tasks.js';
import type { Era } from '../rpc/era.js';
import type { Storage, ValueStore } from '../sessions/contract.js';
import { StoreUnavailableError } from '../sessions/errors.js';

/** Bytes of a key that is made here. */
const KEY_BYTES = 32;
/** Where nodes that share a Redis find the key that the first of them made, and how long such a key stays without use, ms. */
const STATE_KEY = 'state-key';
const SHARED_KEY_MS = 30 * 86_400_000;
/** How long the one that makes it may take, ms, and how often the others look, ms. */
const MAKING_MS = 5_000;
const LOOK_MS = 50;

/** The generations that `--era` names. */
export function erasOf(era: Era | 'both'): readonly Era[] {
  return era === 'both' ? ['legacy', 'modern'] : [era];
}

export interface StateConfig {
  readonly stateKey?: readonly string[];
  readonly stateTtlMs: number;
}

/**
 * How the states of open questions are kept: sealed by `--state-key`, else by a key that the nodes of one Redis share without being
 * told, else by one of this process. `storage` is what all have in common who can open a state; `isShared` says that others may
 * have the key.
 */
export function stateOptions(
  { stateKey, stateTtlMs: ttlMs }: StateConfig,
  storage: Storage | undefined,
  isShared = stateKey !== undefined,
): StateOptions {
  const values = storage?.mode === 'redis' || !isShared ? storage?.values : undefined;
  if (stateKey) return { secrets: async () => stateKey, ttlMs, values };
  if (storage?.mode === 'redis')
    return { secrets: () => sharedSecret(storage.values, STATE_KEY).then((key) => [key]), ttlMs, values };
  const own = [newStateKey()];
  return { secrets: async () => own, ttlMs, values };
}

export interface TaskConfig {
  readonly taskAfterMs: number;
  readonly taskTtlMs: number;
}

/** The tasks of a server; none where others may be asked about one who do not see the storage. */
export function tasksOf(
  { taskAfterMs: afterMs, taskTtlMs: ttlMs }: TaskConfig,
  storage: Storage,
  isShared: boolean,
  logger: Logger,
): Tasks | undefined {
  if (isShared && storage.mode !== 'redis') return undefined;
  return new Tasks({ storage, afterMs, ttlMs, logger });
}

/** A key that nobody else has. */
export function newStateKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** The key of this name that the first node made; its life begins anew. Rejects with a {@link StoreUnavailableError}. */
export async function sharedSecret(
  values: ValueStore,
  name: string,
  make: () => string = newStateKey,
): Promise<string> {
  const deadline = performance.now() + 2 * MAKING_MS;
  while (performance.now() < deadline) {
    const [found] = await values.read(name);
    // Whatever else may stand there, nobody but its makers may know what is a secret.
    if (typeof found?.key === 'string' && found.key !== '') {
      await values.renew(name, SHARED_KEY_MS);
      return found.key;
    }
    // Of several nodes that find none, one makes it.
    if (await values.claim(`${name}:making`, MAKING_MS)) await values.put(name, { key: make() }, SHARED_KEY_MS);
    else await delay(LOOK_MS);
  }
  throw new StoreUnavailableError();
}
