import { afterAll, beforeAll } from 'vitest';
import { openRedisStorage } from '../../src/sessions/redis/index.js';
import { type RedisServer, startRedis } from '../helpers/redis.js';
import { STORAGE_DEFAULTS } from '../../src/testing.js';
import { storageContract } from './storage-contract.js';

let server: RedisServer;
let opened = 0;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

storageContract('Redis', {
  openNodes(options) {
    const node = { ...STORAGE_DEFAULTS, ...options, url: server.url, prefix: `test-${opened++}:` };
    return Promise.all([openRedisStorage(node), openRedisStorage(node)]);
  },
});
