/** The public interface for tests: of a storage of yours, and of what you serve. It needs no test framework. */
export { connectClient } from './testing/client.js';
export type { TestClient, TestClientOptions, Told } from './testing/client.js';
export { storageContract } from './testing/contract/index.js';
export type { ContractCase } from './testing/contract/cases.js';
export { STORAGE_DEFAULTS } from './testing/contract/subject.js';
export type { OpenOptions, Subject } from './testing/contract/subject.js';
export { openMemoryStorage } from './sessions/memory/index.js';
export type { MemoryStorageOptions } from './sessions/memory/index.js';
export { startServer } from './testing/server.js';
export type { TestServer } from './testing/server.js';
