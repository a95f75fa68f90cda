/** What the author of a storage needs: the contract, what it may throw, and its bounds. */
export {
  SessionIdError,
  SessionLimitError,
  StoreUnavailableError,
  SubscriptionLimitError,
  TaskLimitError,
  TooLongError,
  UnknownEventError,
} from './sessions/errors.js';
export type {
  Append,
  Change,
  ChangeFeed,
  EventLog,
  HistoryEntry,
  LogEvent,
  MessageBus,
  NewSession,
  NodeMessage,
  SessionPatch,
  SessionRecord,
  SessionStore,
  Storage,
  StoredValue,
  ValueStore,
  WindowCount,
} from './sessions/contract.js';
export type { NewTask, TaskPatch, TaskRecord, TaskStatus, TaskStore } from './sessions/task-contract.js';
