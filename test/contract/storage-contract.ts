import { changeFeedContract } from './change-feed-contract.js';
import { countContract } from './count-contract.js';
import { eventLogContract } from './event-log-contract.js';
import { followContract } from './follow-contract.js';
import { historyContract } from './history-contract.js';
import { messageBusContract } from './message-bus-contract.js';
import { sessionStoreContract } from './session-store-contract.js';
import type { Subject } from './subject.js';
import { taskStoreContract } from './task-store-contract.js';
import { valueStoreContract } from './value-store-contract.js';

/** Holds one implementation to every sentence of src/sessions/contract.ts. */
export function storageContract(name: string, subject: Subject): void {
  sessionStoreContract(name, subject);
  historyContract(name, subject);
  eventLogContract(name, subject);
  followContract(name, subject);
  messageBusContract(name, subject);
  valueStoreContract(name, subject);
  countContract(name, subject);
  changeFeedContract(name, subject);
  taskStoreContract(name, subject);
}
