import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { STORAGE_DEFAULTS } from '../../src/testing.js';
import { storageContract } from './storage-contract.js';

storageContract('memory', {
  async openNodes(options) {
    const storage = openMemoryStorage({ ...STORAGE_DEFAULTS, ...options });
    return [storage, storage];
  },
});
