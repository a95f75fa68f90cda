import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { storageContract } from './storage-contract.js';
import { DEFAULTS } from './subject.js';

storageContract('memory', {
  async openNodes(options) {
    const storage = openMemoryStorage({ ...DEFAULTS, ...options });
    return [storage, storage];
  },
});
