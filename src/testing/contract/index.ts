import type { ContractCase } from './cases.js';
import { changeFeedContract } from './change-feed.js';
import { countContract } from './count.js';
import { eventLogContract } from './event-log.js';
import { followContract } from './follow.js';
import { historyContract } from './history.js';
import { messageBusContract, statusContract } from './message-bus.js';
import { sessionListContract } from './session-list.js';
import { sessionStoreContract } from './session-store.js';
import type { Subject } from './subject.js';
import { taskStoreContract } from './task-store.js';
import { valueStoreContract } from './value-store.js';

/**
 * Every sentence of the storage contract as a case, for any test framework or none: a storage that passes them all can be served from.
 * They may run in any order, and at the same time.
 * @example
 * const openNodes: Subject['openNodes'] = async (options) => {
 *   const storage = openMemoryStorage({ ...STORAGE_DEFAULTS, ...options });
 *   return [storage, storage];
 * };
 * for (const { name, run } of storageContract({ openNodes })) if (/counts a request/.test(name)) await test(name, run);
 */
export function storageContract(subject: Subject): ContractCase[] {
  return [
    sessionStoreContract,
    sessionListContract,
    historyContract,
    eventLogContract,
    followContract,
    messageBusContract,
    statusContract,
    valueStoreContract,
    countContract,
    changeFeedContract,
    taskStoreContract,
  ].flatMap((cases) => cases(subject));
}
