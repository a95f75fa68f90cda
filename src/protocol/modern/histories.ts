import type { History } from '../../catalog/context.js';
import { ToolError } from '../../catalog/errors.js';
import type { Metrics } from '../../metrics.js';
import { isModern, modernVersions } from '../../rpc/versions.js';
import { isObject } from '../../rpc/messages.js';
import type { SessionRecord, Storage } from '../../sessions/contract.js';
import { SessionIdError, SessionLimitError } from '../../sessions/errors.js';
import { forgettable } from '../errors.js';
import type { OwnHistory } from '../history.js';
import { historyOf } from '../history.js';
import type { Params } from '../params.js';
import type { Facts } from '../served.js';
import { HISTORY_ID } from './history-id.js';
import { digestOf } from './seal.js';

/** What a call is answered with that names a history which is not there for its caller: the words tell nothing of other people's. */
export const UNKNOWN_HISTORY = `${HISTORY_ID}: there is no such history, or it has expired. Call open_history for a new one, or leave ${HISTORY_ID} out: then nothing is kept`;

/** Stands before the digest of an owner in the id of the session that keeps its history. */
const OWN = 'own.';
/** Of SHA-256, all: nobody can be given the history of another. */
const DIGEST_BYTES = 32;

/**
 * The history that a call names: a session that was opened for nothing else, counted and renewed. Undefined where the call names
 * none, null where there is none such for its caller.
 */
export async function namedHistory(
  { storage, owner }: Facts,
  { arguments: args }: Params,
): Promise<SessionRecord | undefined | null> {
  const id = isObject(args) ? args[HISTORY_ID] : undefined;
  if (id === undefined) return undefined;
  const record = typeof id === 'string' ? await storage?.sessions.touch(id, owner) : undefined;
  // The sessions of the legacy era are theirs.
  return record && isModern(record.protocolVersion) ? record : null;
}

/** The history of a call of the modern era: the one that it names, else its caller's own. */
export function modernHistory(facts: Facts, metrics: Metrics): History {
  const { storage, owner, record } = facts;
  if (!storage) return historyOf(facts, metrics);
  const own = record || owner === undefined ? undefined : ownHistory(storage, owner, metrics);
  return {
    open: () => forgettable(open(crypto.randomUUID(), storage, owner, metrics)),
    ...historyOf(facts, metrics, own, () => new ToolError(UNKNOWN_HISTORY)),
    ...(record && { kept: 'opened' as const }),
  };
}

/** A caller's own, which begins with its first calculation. */
function ownHistory(storage: Storage, owner: string, metrics: Metrics): OwnHistory {
  const { sessions } = storage;
  const idOf = async () => OWN + (await digestOf(owner, DIGEST_BYTES));
  return {
    find: async () => sessions.touch(await idOf(), owner),
    append: async (entry) => {
      const id = await idOf();
      const count = await sessions.appendHistory(id, entry);
      if (count !== undefined) return count;
      // Of several first calculations at once, one makes the session.
      await open(id, storage, owner, metrics).catch(ignoreTwin);
      return sessions.appendHistory(id, entry);
    },
  };
}

async function open(id: string, { sessions }: Storage, owner: string | undefined, metrics: Metrics): Promise<string> {
  try {
    await sessions.create({ id, initialize: '{}', protocolVersion: String(modernVersions[0]), owner });
  } catch (error) {
    if (!(error instanceof SessionLimitError)) throw error;
    throw new ToolError('The server keeps as many histories as it can: try again later', { cause: error });
  }
  metrics.sessionCreated();
  return id;
}

function ignoreTwin(error: unknown): void {
  if (!(error instanceof SessionIdError)) throw error;
}
